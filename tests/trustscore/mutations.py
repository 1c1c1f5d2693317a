"""Every way to cheat that the verifiers must name: how the operator does it, and what is said.

Each works on the honest log of tests.trustscore.logbook; the operator signs the result with the real key.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.trustscore.logbook import TODAY, Logbook, honest

DAY = TODAY - 12


@dataclass(frozen=True)
class Mutation:
    """A cheat. `fault` is what the verifier says; `alone` whether one business's own files show it."""

    name: str
    cheat: Callable[[Logbook], None]
    fault: str
    alone: str = "acme"


def _at(book: Logbook, kind: str, review: str = "") -> int:
    return next(at for at, each in enumerate(book.entries) if each["kind"] == kind and each.get("review", "") == review)


def _renumber(book: Logbook) -> None:
    """Hides a gap: numbers, sizes and policies fit again, as a careful cheat would see to."""
    counts: dict[str, int] = {}
    for at, each in enumerate(book.entries):
        if "seq" in each:
            each["seq"] = counts.get(each["business"], 0)
            counts[each["business"]] = each["seq"] + 1
        if each["kind"] == "score":
            each["size"] = at
            each["policy"] = max(index for index in range(at) if book.entries[index]["kind"] == "policy")


def _drop(book: Logbook) -> None:
    del book.entries[_at(book, "publish", "acme2")]


def _drop_and_renumber(book: Logbook) -> None:
    _drop(book)
    _renumber(book)


def _reorder(book: Logbook) -> None:
    at = _at(book, "submit", "acme2")
    book.entries[at : at + 2] = book.entries[at : at + 2][::-1]


def _edit(book: Logbook) -> None:
    for each in book.openings["acme"]:
        if each.get("review") == "acme2" and "text" in each:
            each["text"]["value"]["body"] = "Quite all right."


def _backdate(book: Logbook) -> None:
    book.submit("acme", "acme-early", 5, TODAY, {"day": TODAY - 30})
    book.happen("publish", "acme-early", TODAY)
    book.score("acme", TODAY)


def _duplicate(book: Logbook) -> None:
    book.submit("acme", "acme0", 5, TODAY)
    book.happen("publish", "acme0", TODAY)
    book.score("acme", TODAY)


def _swap(book: Logbook) -> None:
    first, second = (each for each in book.openings["acme"] if each["review"] in {"acme0", "acme2"} and "core" in each)
    first["core"], second["core"] = second["core"], first["core"]
    for each in (first, second):
        each["core"]["value"] = each["core"]["value"] | {"review": each["review"]}


def _star(book: Logbook) -> None:
    for each in book.openings["acme"]:
        if each.get("review") == "acme2" and "core" in each:
            each["core"]["value"]["stars"] = 5


def _tenth(book: Logbook) -> None:
    at = max(at for at, each in enumerate(book.entries) if each["kind"] == "score" and each["business"] == "acme")
    book.entries[at]["tenths"] += 1


def _tenth_shown(book: Logbook) -> None:
    of = book.made("acme", TODAY)
    assert of is not None
    book.shown["acme"] = {"tenths": of.tenths + 1}


def _old_policy(book: Logbook) -> None:
    book.score("acme", TODAY, policy=0)


def _unlogged_removal(book: Logbook) -> None:
    book.openings["acme"] = [each for each in book.openings["acme"] if each["review"] != "acme2"]


def _score_withheld(book: Logbook) -> None:
    book.happen("remove", "acme2", TODAY, reason="harmful")


def _gap(book: Logbook) -> None:
    for each in book.entries[_at(book, "submit", "acme-old") :]:
        if each.get("business") == "acme":
            each["seq"] += 1


def _illegal(book: Logbook) -> None:
    book.happen("withdraw", "acme0", TODAY)
    book.happen("publish", "acme0", TODAY)
    book.score("acme", TODAY)


def _long_hold(book: Logbook) -> None:
    book.happen("hold", "acme0", TODAY - 4, reason="not-genuine")
    book.score("acme", TODAY - 4)
    book.happen("publish", "acme0", TODAY)
    book.score("acme", TODAY)


def _endless_hold(book: Logbook) -> None:
    book.happen("hold", "acme0", TODAY - 4, reason="not-genuine")
    book.score("acme", TODAY - 4)


def _reason(book: Logbook) -> None:
    book.happen("remove", "acme2", TODAY, reason="bad-for-business")
    book.score("acme", TODAY)


def _counts_import(book: Logbook) -> None:
    book.happen("count", "acme-old", TODAY, reason="imported")
    book.score("acme", TODAY)


def _edit_more_than_stars(book: Logbook) -> None:
    book.edit("acme0", 5, TODAY, {"experienced": DAY - 2})
    book.score("acme", TODAY)


def _clock_back(book: Logbook) -> None:
    book.submit("acme", "acme9", 5, DAY + 6)
    book.happen("publish", "acme9", DAY + 6)
    book.score("acme", DAY + 6)


def _erased_still_open(book: Logbook) -> None:
    kept = [dict(each) for each in book.openings["acme"] if each.get("review") == "acme0"]
    book.happen("erase", "acme0", TODAY, actor="author")
    book.score("acme", TODAY)
    book.openings["acme"] += kept


def _numbers_shown(book: Logbook) -> None:
    book.shown["acme"] = {"count": 12}


_INDEX = {
    name: next(at for at, each in enumerate(honest().entries) if (each["kind"], each.get("review", "")) == name)
    for name in (("publish", "acme2"), ("submit", "acme2"), ("submit", "acme-old"))
}
_END = len(honest().entries)
_LAST = max(at for at, each in enumerate(honest().entries) if each["kind"] == "score" and each["business"] == "acme")

MUTATIONS = [
    Mutation(
        "drop", _drop, f"acme, entry {_INDEX['publish', 'acme2']}: it is number 6 of its business, and number 5 is due"
    ),
    Mutation("drop and renumber", _drop_and_renumber, "acme, entry 8: it says 3.6, and the reviews make 3.9"),
    Mutation(
        "reorder",
        _reorder,
        f"acme, entry {_INDEX['submit', 'acme2']}: it is number 5 of its business, and number 4 is due",
    ),
    Mutation("edit", _edit, "acme: the text of review acme2 does not open: changed or deleted"),
    Mutation(
        "backdate",
        _backdate,
        f"acme, entry {_END}: review acme-early is of day {TODAY - 30}, logged on {TODAY}: backdated",
    ),
    Mutation(
        "duplicate a review",
        _duplicate,
        f"acme, entry {_END}: submit of review acme0, which is published: an illegal transition",
    ),
    Mutation("swap openings", _swap, "acme: the core of review acme0 does not open: changed or deleted"),
    Mutation("change one star", _star, "acme: the core of review acme2 does not open: changed or deleted"),
    Mutation("add one tenth", _tenth, f"acme, entry {_LAST}: it says 3.6, and the reviews make 3.5"),
    Mutation("add one tenth on show", _tenth_shown, "acme, the score on show: it says 3.6, and the reviews make 3.5"),
    Mutation(
        "other numbers on show",
        _numbers_shown,
        "acme, the score on show: its exact numbers are not those that the reviews make",
    ),
    Mutation(
        "a score under an old policy",
        _old_policy,
        f"acme, entry {_END}: a score under the policy of entry 0, which was not in force",
    ),
    Mutation(
        "an unlogged removal", _unlogged_removal, "acme: the core of review acme2 does not open: changed or deleted"
    ),
    Mutation(
        "a removal without its score",
        _score_withheld,
        f"acme, entry {_END}: what counts changed, and no score was logged after it",
    ),
    Mutation(
        "a gap in seq",
        _gap,
        f"acme, entry {_INDEX['submit', 'acme-old']}: it is number 10 of its business, and number 9 is due",
    ),
    Mutation(
        "an illegal transition",
        _illegal,
        f"acme, entry {_END + 1}: publish of review acme0, which is withdrawn: an illegal transition",
    ),
    Mutation(
        "a hold of four days",
        _long_hold,
        f"acme, entry {_END + 2}: review acme0 was held for 4 days, and 3 are allowed",
    ),
    Mutation("a hold that does not end", _endless_hold, "acme: review acme0 is held for 4 days, and 3 are allowed"),
    Mutation(
        "a reason of one's own",
        _reason,
        f"acme, entry {_END}: remove of review acme2: reason or actor is not in the closed list",
    ),
    Mutation(
        "an imported review that counts",
        _counts_import,
        f"acme, entry {_END}: review acme-old counts, and is imported about service",
    ),
    Mutation(
        "an edit of more than the stars",
        _edit_more_than_stars,
        f"acme, entry {_END}: an edit of review acme0 changed more than its stars and words",
    ),
    Mutation(
        "an erased review that is still open",
        _erased_still_open,
        "acme, entry 1: review acme0 was erased, and its opening is still there",
    ),
    # The days of other businesses' entries between belong to the whole log.
    Mutation(
        "a clock set back",
        _clock_back,
        f"entry {_END}: its day lies before that of the entry before it: backdated",
        alone="",
    ),
]
