"""Typed input against its table of cases, the recordings, and what must hold for any text."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.localsheets import formulas, sheet_locale, typed_input
from sheetsync.localsheets.formats import show
from sheetsync.localsheets.typed_input import Typed, read_typed

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR")
MARKS = {"recorded", "documented", "modelled"}
TABLE = json.loads(
    Path(__file__).with_name("typed_input_cases.json").read_text(encoding="utf-8"),
)
# The recordings are Google's answers to others' tests: read where they lie, never copied.
RECORDINGS = (
    Path(
        os.environ.get(
            "SHEETSYNC_RECORDINGS", Path(__file__).resolve().parents[3] / "shared" / "google"
        )
    )
    / "recorded"
)
RECORDED = [
    (section, case)
    for section, cases in TABLE.items()
    for case in cases
    if case["mark"] == "recorded"
]


def _name(case: dict[str, Any]) -> str:
    return f"{case['locale']} {case.get('text', '')!r} {case.get('today', '')}"


@pytest.mark.parametrize("case", TABLE["typed"], ids=_name)
def test_typed_text_becomes_what_the_table_says(case):
    today = date.fromisoformat(case["today"]) if "today" in case else None

    typed = read_typed(case["text"], locale=case["locale"], today=today)

    assert typed.value == case["value"]
    assert isinstance(typed.value, bool) == isinstance(case["value"], bool)
    assert isinstance(typed.value, str) == isinstance(case["value"], str)
    assert typed.number_format == case.get("number_format")
    assert typed.formula == case.get("formula")


@pytest.mark.parametrize("section", TABLE)
def test_every_case_has_a_mark_and_a_source(section):
    for case in TABLE[section]:
        assert case["mark"] in MARKS, case
        assert case["source"], case
        assert ("recording" in case) == (case["mark"] == "recorded"), case


def test_no_case_stands_twice():
    for cases in TABLE.values():
        keys = [
            json.dumps({**case, "source": "", "mark": "", "recording": ""}, sort_keys=True)
            for case in cases
        ]
        assert len(keys) == len(set(keys))


def test_the_document_counts_the_cases_of_the_table():
    document = Path(__file__).resolve().parents[2] / "docs" / "typed-input.md"
    text = document.read_text(encoding="utf-8")

    for section, cases in TABLE.items():
        marks = Counter(case["mark"] for case in cases)
        seen = sum(case["source"].startswith(("thread:", "capture:")) for case in cases)
        google = marks["documented"] - seen
        row = (
            f"| {section} | {marks['recorded']} | {google} | {seen} "
            f"| {marks['modelled']} | {len(cases)} |"
        )
        assert row in text


# --- what Google answered -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """A text that was typed, how it was read back, and what Google answered."""

    text: str
    render: str
    value: Any


def _answers(recording: Path) -> Iterator[Answer]:
    """What was typed in a recording and read back before anything else was written."""
    typed: dict[tuple[str, str], list[list[Any]]] = {}
    for interaction in json.loads(recording.read_text(encoding="utf-8"))["interactions"]:
        request = interaction["request"]
        url = urlsplit(request["uri"])
        place = re.fullmatch(r"/v4/spreadsheets/([^/]+)/values/(.+)", unquote(url.path))
        options = parse_qs(url.query)
        if request["method"] == "PUT" and place:
            if options.get("valueInputOption") == ["USER_ENTERED"]:
                body = json.loads(request["body"])
                typed = {(place[1], _corner(place[2])): body["values"]}
            else:
                typed = {}
        elif request["method"] == "GET" and place:
            values = json.loads(interaction["response"]["body"]["string"]).get("values", [])
            render = options.get("valueRenderOption", ["FORMATTED_VALUE"])[0]
            for row, texts in enumerate(typed.get((place[1], _corner(place[2])), [])):
                for column, text in enumerate(texts):
                    if isinstance(text, str) and row < len(values) and column < len(values[row]):
                        yield Answer(text, render, values[row][column])
        elif request["method"] != "GET":
            typed = {}


def _corner(place: str) -> str:
    """The sheet and the upper left cell of a range; a sheet alone begins at A1."""
    sheet, _, cells = place.replace("'", "").partition("!")
    return f"{sheet}!{(cells or 'A1').split(':')[0]}"


def _read_back(text: str, render: str) -> Any:
    """What our own reading answers, in the recordings' locale."""
    typed = read_typed(text, locale="en_US")
    if typed.formula is not None:
        if render == "FORMULA":
            return typed.formula
        value = formulas.evaluate(
            typed.formula, cell=lambda *_: None, sheet="Sheet1", locale="en_US"
        )
    else:
        value = typed.value
    if render == "FORMATTED_VALUE":
        return show(value, number_format=typed.number_format, locale="en_US")
    return value


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize(("section", "case"), RECORDED)
def test_a_recorded_case_is_true_of_its_recording(section, case):
    answers = list(_answers(RECORDINGS / case["recording"]))

    if section == "typed":
        assert any(answer.text == case["text"] for answer in answers)
        for answer in answers:
            if answer.text == case["text"]:
                assert answer.value == _read_back(answer.text, answer.render)
    elif section == "formulas":
        found = [a for a in answers if a.text == case["formula"] and a.render != "FORMULA"]
        assert found
        for answer in found:
            shown = show(case["value"], number_format=None, locale="en_US")
            assert answer.value in {case["value"], shown}
    else:
        shown = [a.value for a in _all_values(RECORDINGS / case["recording"])]
        assert case["shown"] in shown


def _all_values(recording: Path) -> Iterator[Answer]:
    """Every value that a recording's formatted readings answered."""
    for interaction in json.loads(recording.read_text(encoding="utf-8"))["interactions"]:
        request = interaction["request"]
        if request["method"] != "GET" or "/values/" not in request["uri"]:
            continue
        if "UNFORMATTED" in request["uri"] or "FORMULA" in request["uri"]:
            continue
        for row in json.loads(interaction["response"]["body"]["string"]).get("values", []):
            for value in row:
                yield Answer("", "FORMATTED_VALUE", value)


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
def test_everything_typed_in_any_recording_is_read_back_as_google_does():
    answers = [
        answer for recording in sorted(RECORDINGS.glob("*.json")) for answer in _answers(recording)
    ]

    assert len(answers) > 30
    for answer in answers:
        assert answer.value == _read_back(answer.text, answer.render), answer


# --- what holds for any text ----------------------------------------------------------------


@given(text=st.text(), locale=st.sampled_from(LOCALES))
def test_any_text_is_read_without_an_error(text, locale):
    assert isinstance(read_typed(text, locale=locale), Typed)


@given(
    text=st.text(alphabet="0123456789.,/-:%$€()+' eEaApPmM\u00a0\u202fJjänFb=", max_size=20),
    locale=st.sampled_from(LOCALES),
)
def test_what_looks_like_a_number_is_read_without_an_error(text, locale):
    typed = read_typed(text, locale=locale)

    if isinstance(typed.value, float):
        assert typed.value - typed.value == 0, "a cell holds no infinity and no NaN"
    if typed.number_format is not None:
        assert isinstance(typed.value, float)
        assert show(typed.value, number_format=typed.number_format, locale=locale)


@given(
    number=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14),
    locale=st.sampled_from(LOCALES),
)
def test_a_number_typed_with_the_locales_decimal_separator_keeps_its_value(number, locale):
    decimal = sheet_locale.sheet_locale(locale).decimal
    text = f"{number:.6f}".replace(".", decimal)

    assert read_typed(text, locale=locale).value == float(f"{number:.6f}")


@given(
    day=st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)),
    locale=st.sampled_from(LOCALES),
)
def test_a_day_shown_in_the_locales_default_is_read_as_the_same_day(day, locale):
    serial = float((day - date(1899, 12, 30)).days)
    shown = show(serial, number_format={"type": "DATE"}, locale=locale)

    assert read_typed(shown, locale=locale).value == serial
    assert read_typed(day.isoformat(), locale=locale).value == serial


@given(
    day=st.dates(min_value=date(1930, 1, 1), max_value=date(2029, 12, 31)),
    pattern=st.sampled_from(["d mmmm yyyy", "d mmm yyyy", "dddd d mmmm yyyy", "d mmm yy"]),
    locale=st.sampled_from(LOCALES),
)
def test_a_day_in_words_is_read_and_shown_as_typed(day, pattern, locale):
    serial = float((day - date(1899, 12, 30)).days)
    shown = show(serial, number_format={"type": "DATE", "pattern": pattern}, locale=locale)

    typed = read_typed(shown, locale=locale)

    assert typed.value == serial
    assert show(serial, number_format=typed.number_format, locale=locale) == shown


def test_a_text_kept_by_an_apostrophe_stays_as_it_is():
    for text in ("5", "=1+1", "1/2/2024", "TRUE", "", " 5 "):
        assert read_typed(f"'{text}", locale="en_US") == Typed(value=text)


def test_without_being_told_the_day_the_year_never_changes():
    assert date(2024, 1, 1) == typed_input.WITHOUT_CLOCK
    assert read_typed("3/4", locale="en_US") == read_typed(
        "3/4", locale="en_US", today=typed_input.WITHOUT_CLOCK
    )


def test_two_readings_share_no_number_format():
    first = read_typed("5%", locale="en_US").number_format
    assert first is not None
    first["pattern"] = "changed"

    assert read_typed("5%", locale="en_US").number_format == {"type": "PERCENT", "pattern": "0%"}


# --- locales --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOCALES)
def test_separators_and_names_are_cldrs(name):
    facts, cldr = sheet_locale.sheet_locale(name), Locale.parse(name)

    assert facts.decimal == cldr.number_symbols["latn"]["decimal"]
    assert facts.group == cldr.number_symbols["latn"]["group"]
    assert facts.months == tuple(cldr.months["format"]["wide"].values())
    assert facts.weekdays == tuple(cldr.days["format"]["wide"][day] for day in range(7))
    assert facts.day_first == cldr.date_formats["short"].pattern.startswith("d")
    short = tuple(cldr.months["format"]["abbreviated"].values())
    if name == "en_GB":
        # CLDR abbreviates September with four letters in British English; the API's guide says
        # that mmm has three.
        short = tuple(month[:3] for month in short)
    assert facts.short_months == short
    days = tuple(cldr.days["format"]["abbreviated"][day] for day in range(7))
    assert facts.short_weekdays == days


@pytest.mark.parametrize(
    ("name", "known"),
    [("de_AT", "de_DE"), ("fr-CA", "fr_FR"), ("en", "en_US"), ("pt_BR", "en_US"), ("", "en_US")],
)
def test_an_unknown_locale_falls_back_to_its_language(name, known):
    assert sheet_locale.sheet_locale(name).name == known
