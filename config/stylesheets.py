"""Joins the style sheets of static/css into the one file that pages link.

Run ``python -m config.stylesheets`` after editing a part; a test compares the result.
One file keeps a first view within its budget of requests without a build tool.
"""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "static" / "css"
LAYERS = "@layer tokens, base, components, layout, utilities, print;"
PARTS = ("tokens", "base", "components", "charts", "dashboard", "surveys", "layout", "utilities", "print")
JOINED = FOLDER / "candor.css"


def joined() -> str:
    """The parts in order, without comments and needless white space."""
    css = "\n".join((FOLDER / f"{part}.css").read_text("utf-8") for part in PARTS)
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};]) ?", r"\1", css).replace("}", "}\n")  # One rule a line, so that changes merge.
    return f"{LAYERS}\n{css.strip()}\n"


if __name__ == "__main__":
    JOINED.write_text(joined(), "utf-8")
