"""A business's own colour on its pages, readable whatever was chosen."""

import re

from markupsafe import Markup

HEX = re.compile(r"#[0-9a-fA-F]{6}")
DARK, LIGHT = "#000000", "#ffffff"


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` from 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(colour: str) -> str:
    """Black or white, whichever is read more easily on ``colour``; one of them always reaches 4.5 to 1."""
    return max(LIGHT, DARK, key=lambda ink: contrast(ink, colour))


def brand_rules(colour: str) -> Markup:
    """The style rules that give a page its business's colour; raises ValueError unless it is ``#rrggbb``."""
    if not HEX.fullmatch(colour):
        raise ValueError(f"{colour!r} is not a colour of the form #rrggbb")
    return Markup(":root{--brand:%s;--on-brand:%s}") % (colour, readable_on(colour))
