"""What is typed into the inbox: filters in the address, and replies."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from reviews.enums import Source
from reviews.queries import InboxFilters

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
