"""Colours in their two forms.

Decides: `backgroundColor` and `backgroundColorStyle` say the same, whichever was given.
Never: knows what is coloured.
"""

from __future__ import annotations

import struct
from typing import Any

from sheetsync.localsheets.book import THEME_COLORS

Json = dict[str, Any]

TWINS = {
    "backgroundColor": "backgroundColorStyle",
    "foregroundColor": "foregroundColorStyle",
    "tabColor": "tabColorStyle",
    "color": "colorStyle",
    "headerColor": "headerColorStyle",
    "footerColor": "footerColorStyle",
    "firstBandColor": "firstBandColorStyle",
    "secondBandColor": "secondBandColorStyle",
    "visibleBackgroundColor": "visibleBackgroundColorStyle",
    "visibleForegroundColor": "visibleForegroundColorStyle",
}
STYLES = {style: plain for plain, style in TWINS.items()}
THEME = dict(THEME_COLORS)


def with_color_styles(value: Any) -> Any:
    """A copy of a message in which every colour stands in both forms."""
    if isinstance(value, list):
        return [with_color_styles(item) for item in value]
    if not isinstance(value, dict):
        return value
    made: Json = {}
    for key, item in value.items():
        if (
            key in TWINS
            and isinstance(item, dict)
            and not ("rgbColor" in item or "themeColor" in item)
        ):
            color = channels(item)
            made[key] = color
            if TWINS[key] not in value:
                made[TWINS[key]] = {"rgbColor": color}
        elif key in STYLES and isinstance(item, dict):
            made[key] = _style(item)
            made[STYLES[key]] = _plain(made[key])
        else:
            made[key] = with_color_styles(item)
    return made


def channels(color: Json) -> Json:
    """Channels as Google stores them: one of 256 steps, as a 32-bit float; zero is left out."""
    found = {}
    for name in ("red", "green", "blue"):
        # The step below: 0.5 comes back as 127/255 (recorded).
        step = int(min(max(float(color.get(name, 0)), 0.0), 1.0) * 255 + 1e-4)
        if step:
            found[name] = _short(step / 255)
    return found


def _short(value: float) -> float | int:
    """The shortest decimal that is the same 32-bit float."""
    single = struct.unpack("f", struct.pack("f", value))[0]
    for digits in range(1, 10):
        text = float(f"{value:.{digits}g}")
        if struct.unpack("f", struct.pack("f", text))[0] == single:
            return int(text) if text.is_integer() else text
    return float(single)


def _style(style: Json) -> Json:
    if "rgbColor" in style:
        return {"rgbColor": channels(style["rgbColor"])}
    return style


def _plain(style: Json) -> Json:
    if "rgbColor" in style:
        found: Json = style["rgbColor"]
        return found
    return THEME.get(style.get("themeColor", ""), {})
