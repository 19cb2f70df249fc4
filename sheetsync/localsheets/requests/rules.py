"""Requests about formats by condition, banding and filters.

Decides: how these are kept and given back.
Never: colours a cell; the server shows nothing.
"""

from __future__ import annotations

from typing import Any

from sheetsync.localsheets.book import Book, Tab
from sheetsync.localsheets.colors import with_color_styles
from sheetsync.localsheets.errors import bad_request
from sheetsync.localsheets.masks import change, parse_mask
from sheetsync.localsheets.requests.batch import Batch, required_mask
from sheetsync.localsheets.requests.locks import tidy_range

Json = dict[str, Any]


# formats by condition


def add_conditional_format_rule(batch: Batch, request: Json) -> None:
    """Put a rule in at its place."""
    rule = _rule(batch, request.get("rule", {}))
    tab = _rule_tab(batch, rule)
    index = request.get("index", 0)
    rules = list(tab.items("conditionalFormats"))
    if not 0 <= index <= len(rules):
        raise bad_request(f"index[{index}] must be between 0 and the number of rules {len(rules)}.")
    rules.insert(index, rule)
    tab.set_items("conditionalFormats", rules)


def _rule(batch: Batch, rule: Json) -> Json:
    if not rule.get("ranges"):
        raise bad_request("A conditional format rule must have at least one range.")
    if "booleanRule" not in rule and "gradientRule" not in rule:
        raise bad_request("No rule specified.")
    ids = {place.get("sheetId", 0) for place in rule["ranges"]}
    if len(ids) != 1:
        raise bad_request("All ranges of a rule must be on the same grid.")
    for place in rule["ranges"]:
        tab = batch.tab(place.get("sheetId"))
        batch.guard(tab).check(tab.box(place))
    made: Json = with_color_styles(rule)
    return made | {"ranges": [tidy_range(place) for place in rule["ranges"]]}


def _rule_tab(batch: Batch, rule: Json) -> Tab:
    return batch.tab(rule["ranges"][0].get("sheetId"))


def _rule_at(tab: Tab, index: int) -> Json:
    rules = tab.items("conditionalFormats")
    if not 0 <= index < len(rules):
        raise bad_request(f"No conditional format on sheet: {tab.id} at index: {index}")
    return rules[index]


def update_conditional_format_rule(batch: Batch, request: Json) -> Json:
    """Replace a rule, or move it to another place."""
    index = request.get("index", 0)
    if "rule" in request:
        rule = _rule(batch, request["rule"])
        tab = _rule_tab(batch, rule)
        old = _rule_at(tab, index)
        rules = [rule if i == index else r for i, r in enumerate(tab.items("conditionalFormats"))]
        tab.set_items("conditionalFormats", rules)
        return {"newRule": rule, "oldRule": old} | _indexes(index, index)
    tab = batch.tab(request.get("sheetId"))
    rule = _rule_at(tab, index)
    goal = request.get("newIndex", 0)
    rules = [r for r in tab.items("conditionalFormats") if r is not rule]
    if not 0 <= goal <= len(rules):
        raise bad_request(f"newIndex[{goal}] is out of range.")
    rules.insert(goal, rule)
    tab.set_items("conditionalFormats", rules)
    return {"newRule": rule} | _indexes(goal, index)


def _indexes(new: int, old: int) -> Json:
    return {k: v for k, v in (("newIndex", new), ("oldIndex", old)) if v}


def delete_conditional_format_rule(batch: Batch, request: Json) -> Json:
    """Remove a rule."""
    tab = batch.tab(request.get("sheetId"))
    rule = _rule_at(tab, request.get("index", 0))
    rest = [r for r in tab.items("conditionalFormats") if r is not rule]
    tab.set_items("conditionalFormats", rest)
    return {"rule": rule}


# objects with an id and a range: banding, filter views


def _add(batch: Batch, name: str, key: str, item: Json) -> Json:
    tab = batch.tab(item.get("range", {}).get("sheetId"))
    taken = {i[key] for t in batch.book.tabs for i in t.items(name)}
    number = item.get(key)
    if number is None:
        number = batch.new_id(taken)
    elif number in taken:
        raise bad_request(f"An object with ID {number} already exists.")
    made: Json = with_color_styles({key: number, **item})
    made["range"] = bounded(tab, item.get("range", {}))
    tab.set_items(name, [*tab.items(name), made])
    return made


def bounded(tab: Tab, place: Json) -> Json:
    """A range with its open ends closed by the grid, as filters keep it."""
    return tab.range_of(tab.box(place))


def find_item(book: Book, name: str, key: str, number: int, what: str) -> tuple[Tab, Json]:
    """The object with an id and its tab."""
    for tab in book.tabs:
        for item in tab.items(name):
            if item[key] == number:
                return tab, item
    raise bad_request(f"No {what} with ID: {number}")


def replace_item(tab: Tab, name: str, old: Json, new: Json | None) -> None:
    """Put another in the place of an object, or nothing."""
    items = [new if item is old else item for item in tab.items(name)]
    tab.set_items(name, [item for item in items if item is not None])


def add_banding(batch: Batch, request: Json) -> Json:
    """Band a range."""
    asked = request.get("bandedRange", {})
    if "rowProperties" not in asked and "columnProperties" not in asked:
        raise bad_request("At least one of rowProperties or columnProperties must be specified.")
    return {"bandedRange": _add(batch, "bandedRanges", "bandedRangeId", asked)}


def update_banding(batch: Batch, request: Json) -> None:
    """Change a banding."""
    asked = with_color_styles(request.get("bandedRange", {}))
    number = asked.get("bandedRangeId", 0)
    tab, old = find_item(batch.book, "bandedRanges", "bandedRangeId", number, "banded range")
    new = change(old, asked, parse_mask(required_mask(request)))
    replace_item(tab, "bandedRanges", old, new | {"bandedRangeId": number})


def delete_banding(batch: Batch, request: Json) -> None:
    """Remove a banding."""
    number = request.get("bandedRangeId", 0)
    tab, old = find_item(batch.book, "bandedRanges", "bandedRangeId", number, "banded range")
    replace_item(tab, "bandedRanges", old, None)


def add_filter_view(batch: Batch, request: Json) -> Json:
    """Keep a filter view."""
    asked = dict(request.get("filter", {}))
    asked.setdefault("title", f"Filter {batch.new_id(set()) % 90 + 10}")
    return {"filter": _add(batch, "filterViews", "filterViewId", asked)}


def _view(batch: Batch, number: int) -> tuple[Tab, Json]:
    return find_item(batch.book, "filterViews", "filterViewId", number, "filter view")


def update_filter_view(batch: Batch, request: Json) -> None:
    """Change a filter view."""
    asked = request.get("filter", {})
    tab, old = _view(batch, asked.get("filterViewId", 0))
    new = change(old, asked, parse_mask(required_mask(request)))
    new["filterViewId"] = old["filterViewId"]
    new["range"] = bounded(tab, new.get("range", {}))
    replace_item(tab, "filterViews", old, new)


def delete_filter_view(batch: Batch, request: Json) -> None:
    """Remove a filter view."""
    tab, old = _view(batch, request.get("filterId", 0))
    replace_item(tab, "filterViews", old, None)


def duplicate_filter_view(batch: Batch, request: Json) -> Json:
    """Copy a filter view under a new id."""
    _, old = _view(batch, request.get("filterId", 0))
    copy = {k: v for k, v in old.items() if k != "filterViewId"}
    copy["title"] = f"Copy of {old.get('title', '')}"
    return {"filter": _add(batch, "filterViews", "filterViewId", copy)}


def set_basic_filter(batch: Batch, request: Json) -> None:
    """Set the tab's own filter."""
    asked = dict(request.get("filter", {}))
    tab = batch.tab(asked.get("range", {}).get("sheetId"))
    batch.guard(tab).check_sheet()
    asked["range"] = bounded(tab, asked.get("range", {}))
    batch.book.undo.set(tab, "basic_filter", with_color_styles(asked))


def clear_basic_filter(batch: Batch, request: Json) -> None:
    """Clear the tab's own filter."""
    tab = batch.tab(request.get("sheetId"))
    batch.guard(tab).check_sheet()
    batch.book.undo.set(tab, "basic_filter", None)


RULES = {
    "addConditionalFormatRule": add_conditional_format_rule,
    "updateConditionalFormatRule": update_conditional_format_rule,
    "deleteConditionalFormatRule": delete_conditional_format_rule,
    "addBanding": add_banding,
    "updateBanding": update_banding,
    "deleteBanding": delete_banding,
    "addFilterView": add_filter_view,
    "updateFilterView": update_filter_view,
    "deleteFilterView": delete_filter_view,
    "duplicateFilterView": duplicate_filter_view,
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
}
