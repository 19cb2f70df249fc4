"""Which row is which."""

import string

import pytest

from sheetsync.core.reading import normalise_key
from sheetsync.core.rows import key_text


@pytest.mark.parametrize("raw", [7, 7.0, "7", " 7 ", "\uff17"])
def test_one_key_however_it_is_written(raw):
    assert key_text(raw) == "7"


@pytest.mark.parametrize("raw", [None, "", "  ", True, False])
def test_a_blank_is_no_key(raw):
    assert key_text(raw) == ""


@pytest.mark.parametrize("char", string.printable)
def test_plain_keys_are_folded_as_all_keys_are(char):
    assert key_text(f"PO{char}1a") == normalise_key(f"PO{char}1a")
