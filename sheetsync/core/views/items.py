"""Items: how each item's conversions were read."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sheetsync.core.matching.exact import number
from sheetsync.core.model import Conversion, TabKind
from sheetsync.core.reading import show_number
from sheetsync.core.views.world import Cells, ShownRows, World, messages


def items(world: World) -> ShownRows:
    """Every item that could be read, and the message of those that could not."""
    said = messages(world.findings, world.tabs.of_kind[TabKind.ITEMS])
    rows: dict[tuple[str, ...], Cells] = {
        key: {"understood": None, "message": text} for key, text in said.items()
    }
    for item in world.records.items:
        if item.ref.key is not None:
            understood = "; ".join(map(_understood, item.conversions)) or None
            rows[item.ref.key] = {"understood": understood, "message": said.get(item.ref.key)}
    return rows


def _understood(one: Conversion) -> str:
    """One conversion with whole numbers where no decimal can write it: "3 ROLL = 100 M"."""
    factor = number(one.factor)
    if isinstance(factor, Fraction):
        return f"{factor.denominator} {one.unit} = {factor.numerator} {one.of}"
    return f"1 {one.unit} = {show_number(Decimal(factor))} {one.of}"
