"""What an author types. What may be published is decided by reviews.contents, here as everywhere."""

from datetime import date, datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from businesses.models import Customer
from businesses.services import UnusableAddress, normal_address
from reviews.contents import LONGEST_BODY, LONGEST_NAME, LONGEST_TITLE, ReviewContents, UnusableReview, checked
from reviews.models import Review

STARS = [(str(stars), str(stars)) for stars in range(1, 6)]


class WordsForm(forms.Form):
    """Stars and words: what an author may change as often as they like."""

    stars = forms.TypedChoiceField(
        label=_("How many stars?"),
        choices=STARS,
        coerce=int,
        empty_value=None,
        error_messages={
            "required": _("Choose one to five stars."),
            "invalid_choice": _("Choose one to five stars."),
        },
    )
    title = forms.CharField(label=_("In a few words"), required=False)
    body = forms.CharField(
        label=_("What happened?"),
        error_messages={"required": _("Write a sentence or two about what happened.")},
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    display_name = forms.CharField(
        label=_("The name beside your review"),
        help_text=_("Everybody can read it. A first name is enough."),
        error_messages={"required": _("Write the name that stands beside your review.")},
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def __init__(self, *args: object, now: datetime, language: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.now = now
        self.language = language
        for name, longest in (("title", LONGEST_TITLE), ("body", LONGEST_BODY), ("display_name", LONGEST_NAME)):
            self.fields[name].widget.attrs["maxlength"] = longest

    @property
    def chosen(self) -> int | None:
        """The stars to show as chosen."""
        value = str(self["stars"].value())
        return int(value) if value in dict(STARS) else None

    def clean(self) -> dict[str, object]:
        """Says which field is wrong in the words of the domain, after the form's own checks."""
        if not self.errors:
            try:
                checked(self.contents(), now=self.now)
            except UnusableReview as refused:
                self.add_error(refused.field, refused.message)
        return self.cleaned_data

    def contents(self) -> ReviewContents:
        """What was typed, as the domain takes it."""
        typed = self.cleaned_data
        return ReviewContents(
            stars=typed["stars"],
            title=typed["title"],
            body=typed["body"],
            display_name=typed["display_name"],
            experienced_on=self.experience(),
            language=self.language,
        )

    def experience(self) -> date | None:
        """The day of the experience; on a form that asks for it, what was typed."""
        day: date | None = self.cleaned_data.get("experienced_on")
        return day


class EditForm(WordsForm):
    """Changing a review: the day of the experience stays as it was."""

    def __init__(self, *args: object, review: Review, **kwargs: object) -> None:
        self.review = review
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def experience(self) -> date | None:
        """The day that stands."""
        return self.review.experienced_on


class ReviewForm(WordsForm):
    """A new review by somebody whose address is known."""

    experienced_on = forms.DateField(
        label=_("When was it?"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the day as year, month and day, for example 2026-03-31.")},
    )
    consent = forms.BooleanField(
        label=_("Publish this with the name above, for everybody to read."),
        help_text=_("You can change it or take it back at any time, with a link that we mail to you."),
        error_messages={"required": _("Tick the box to publish your review. Without it nothing is shown.")},
    )


class StrangerForm(ReviewForm):
    """A new review from the public page."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("You get one mail to confirm it. It is not shown to anybody but the business."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Write your e-mail address, so that we can mail you the link that publishes your review."),
        },
    )

    def clean_email(self) -> str:
        """The address as it is stored."""
        try:
            return normal_address(self.cleaned_data["email"])
        except UnusableAddress as refused:
            raise forms.ValidationError(refused.message) from refused


def public_name(customer: Customer) -> str:
    """What the form offers as name: the first name and the initial of the last."""
    first, *others = customer.name.split() or [""]
    return f"{first} {others[-1][0]}." if others else first
