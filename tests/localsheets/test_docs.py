"""docs/local-sheets.md lists every method and request that is served, each with its proof."""

import re
from pathlib import Path

from sheetsync.localsheets.requests import KINDS
from sheetsync.localsheets.routes import READS, WRITES

TEXT = Path(__file__).parents[2].joinpath("docs", "local-sheets.md").read_text()
ROW = re.compile(r"^\| `([\w.]+)` \| (rec|doc|thread|model) \|", re.MULTILINE)


def test_everything_served_is_listed_with_its_proof():
    listed = [name for name, _ in ROW.findall(TEXT)]
    assert len(listed) == len(set(listed))
    served = set(KINDS) | set(READS) | set(WRITES) | {"upload.create", "upload.replace"}
    assert set(listed) == served
