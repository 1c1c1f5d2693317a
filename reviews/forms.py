"""What is typed into the inbox: filters in the address, and replies."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from reviews.enums import EventKind, ModerationReason, Source
from reviews.queries import InboxFilters
from reviews.transitions import possible_steps

ANSWERED = [("waiting", "Unanswered"), ("answered", "Answered")]
STARS = [(str(stars), "1 star" if stars == 1 else f"{stars} stars") for stars in range(5, 0, -1)]
SOURCE_WORDS = [
    (Source.TICKET, "After a ticket"),
    (Source.ORDER, "After an order"),
    (Source.ORGANIC, "Address confirmed"),
    (Source.IMPORTED, "Imported"),
]


class FilterForm(forms.Form):
    """Narrowing the inbox. A value that is not offered narrows nothing."""

    q = forms.CharField(required=False)
    answered = forms.ChoiceField(label="Answered or not", required=False, choices=[("", "All reviews"), *ANSWERED])
    stars = forms.ChoiceField(label="Stars", required=False, choices=[("", "All stars"), *STARS])
    source = forms.ChoiceField(label="Source", required=False, choices=[("", "All sources"), *SOURCE_WORDS])


class ReplyForm(forms.Form):
    """A public reply; what it may say is decided by reviews.services.reply."""

    body = forms.CharField(
        label="Public reply", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 5, "data-key": "r"})
    )


# What a moderator can do, in the order in which it is offered.
DECISIONS = [
    (EventKind.PUBLISH, "Publish again: the check found nothing"),
    (EventKind.HOLD, "Hold for a check, at most 72 hours"),
    (EventKind.REJECT, "Reject: it does not come back"),
    (EventKind.REMOVE, "Remove from the public page"),
    (EventKind.RESTORE, "Restore after an appeal"),
    (EventKind.HIDE_TEXT, "Hide the words and the name, keep the stars"),
    (EventKind.ERASE, "Erase for ever (no way back)"),
]
WITHOUT_REASON = {EventKind.PUBLISH, EventKind.RESTORE}


class ModerationForm(forms.Form):
    """A moderator's decision about one review that stands at `status`."""

    kind = forms.ChoiceField(label="What to do", widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label="Reason",
        required=False,
        choices=[("", "Choose one"), *ModerationReason.choices],
        help_text="The author reads it, and it stands in the public log.",
    )
    by_court = forms.BooleanField(label="A court has ordered it", required=False)
    note = forms.CharField(
        label="Note", required=False, max_length=120, help_text="For the business’s audit log; nobody else reads it."
    )

    def __init__(self, *args: object, status: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        possible = possible_steps(status)
        kind: forms.ChoiceField = self.fields["kind"]  # type: ignore[assignment]
        kind.choices = [(str(step), words) for step, words in DECISIONS if step in possible]

    def clean(self) -> dict[str, object]:
        """A reason where the step needs one; the kind as what it is."""
        cleaned: dict[str, object] = super().clean() or {}
        if "kind" in cleaned:
            cleaned["kind"] = kind = EventKind(str(cleaned["kind"]))
            if kind not in WITHOUT_REASON and not cleaned.get("reason"):
                self.add_error("reason", "Choose the reason: nothing is decided without one.")
        return cleaned


@dataclass(frozen=True)
class InboxAddress:
    """The part of an inbox page's address behind the question mark: filters and place, only what was given."""

    filters: dict[str, str]
    place: dict[str, str]

    def here(self) -> str:
        """The query of this very page."""
        return _query(self.filters | self.place)

    def before(self, place: str) -> str:
        """The query of the page before a place."""
        return _query(self.filters | {"before": place})

    def after(self, place: str) -> str:
        """The query of the page after a place."""
        return _query(self.filters | {"after": place})


def read_address(query: QueryDict) -> tuple[FilterForm, InboxFilters, InboxAddress]:
    """The filter form as it was used, the filters that hold, and the address to go on from."""
    form = FilterForm(query)
    form.is_valid()
    chosen = {name: str(value) for name, value in form.cleaned_data.items() if value}
    answered = chosen.get("answered")
    filters = InboxFilters(
        stars=int(chosen["stars"]) if "stars" in chosen else None,
        source=chosen.get("source", ""),
        waiting=None if answered is None else answered == "waiting",
        search=chosen.get("q", ""),
    )
    place = {name: str(query[name]) for name in ("before", "after") if query.get(name)}
    return form, filters, InboxAddress(filters=chosen, place=place)


def _query(parts: dict[str, str]) -> str:
    return f"?{urlencode(parts)}" if parts else ""
