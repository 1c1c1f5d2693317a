"""What a result says on a ticket. Pure: values in, text out."""

import re

# What begins a Django template's tag, and the end of one, which the helpdesk takes apart by itself.
_TEMPLATE_SIGNS = re.compile(r"\{(?=[{%#])|%(?=\})")


def marker(public_id: str) -> str:
    """By this our own note is found again, whatever its revision."""
    return f"[candor:{public_id}:"


def note(*, public_id: str, revision: int, customer: str, survey: str, score: int, best: int, comment: str) -> str:
    """A private note of a few lines; `best` is the highest score that the scale has.

    django-helpdesk renders notes as templates, so the signs of one are set apart.
    """
    lines = [f"{customer} answered “{survey}”: {score} of {best}."]
    if revision > 1:
        lines.append("They changed their answer; this is the newest.")
    if comment:
        lines += ["", f"“{comment}”"]
    text = "\n".join([*lines, "", f"{marker(public_id)}{revision}]"])
    return _TEMPLATE_SIGNS.sub(r"\g<0> ", text)
