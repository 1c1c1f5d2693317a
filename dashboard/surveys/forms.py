"""What owners type about a survey."""

from django import forms

from businesses.forms import ONE_LINE
from surveys.enums import SurveyKind, Trigger
from surveys.models import Survey
from surveys.services import NewSurvey, OwnWords, SurveySettings
from surveys.texts import SurveyWords
from surveys.wording import MINUTES, delay_parts

LONGEST_DELAY = 60 * 24 * 365
EVENT_NAME = r"[a-z0-9_.]+"
SCALES = (
    ("nps-11", "NPS: would you recommend us? 0 to 10"),
    ("csat-5", "CSAT: how satisfied are you? 1 to 5"),
    ("csat-2", "CSAT with thumbs"),
    ("csat-3", "CSAT with three faces"),
    ("csat-7", "CSAT, 1 to 7"),
    ("csat-10", "CSAT, 1 to 10"),
    ("ces-7", "CES: was it easy? 1 to 7"),
    ("ces-5", "CES, 1 to 5"),
)


class NewSurveyForm(forms.Form):
    """What a survey begins with; the scale stays, since answers of two scales make no number together."""

    name = forms.CharField(max_length=100, validators=[ONE_LINE], help_text="For you. Customers do not see it.")
    scale = forms.ChoiceField(
        choices=SCALES, label="Question and scale", help_text="The scale cannot be changed later.", initial="csat-5"
    )
    trigger = forms.ChoiceField(
        choices=[choice for choice in Trigger.choices if choice[0] != Trigger.EVENT], label="When", initial="ticket"
    )

    @property
    def new(self) -> NewSurvey:
        """The survey that was typed."""
        kind, points = self.cleaned_data["scale"].split("-")
        return NewSurvey(
            name=self.cleaned_data["name"],
            kind=SurveyKind(kind),
            scale_points=int(points),
            trigger=Trigger(self.cleaned_data["trigger"]),
        )


class SurveySettingsForm(forms.Form):
    """When a survey is sent, to what end, and what will be done with what it says."""

    name = forms.CharField(max_length=100, validators=[ONE_LINE], help_text="For you. Customers do not see it.")
    goal = forms.CharField(
        max_length=300, required=False, label="What do you want to find out?", help_text="It stands above the results."
    )
    action_when_good = forms.CharField(
        max_length=300, required=False, label="What will you do when the answers are good?"
    )
    action_when_bad = forms.CharField(max_length=300, required=False, label="What will you do when they are bad?")
    trigger = forms.ChoiceField(choices=Trigger.choices, label="What starts it", widget=forms.RadioSelect)
    event_name = forms.RegexField(
        regex=f"^{EVENT_NAME}$",
        max_length=60,
        required=False,
        label="Name of the event",
        help_text="Only for a named event: small letters, digits, dots, for example rental.returned",
        error_messages={"invalid": "Use small letters, digits, dots and underscores."},
    )
    delay_number = forms.IntegerField(min_value=0, max_value=LONGEST_DELAY, label="Wait")
    delay_unit = forms.ChoiceField(choices=[(unit, unit) for unit in MINUTES], label="Unit")
    repeat_days = forms.IntegerField(
        min_value=1, max_value=730, label="Ask again after", help_text="Days; for a survey that comes again and again."
    )
    reminder_after_days = forms.IntegerField(
        min_value=0, max_value=14, label="Remind after", help_text="Days without an answer, once. 0: no reminder."
    )
    ignores_asking_limit = forms.BooleanField(
        required=False,
        label="Ask even those who were asked recently",
        help_text="The limit of the business, under Settings, does not hold for this survey.",
    )

    def clean(self) -> dict[str, object]:
        """A named event needs its name, and nothing waits longer than a year."""
        given: dict[str, object] = super().clean() or {}
        if given.get("trigger") == Trigger.EVENT and not given.get("event_name") and not self.has_error("event_name"):
            self.add_error("event_name", "Name the event that starts this survey.")
        if not self.has_error("delay_number") and not self.has_error("delay_unit") and self._delay() > LONGEST_DELAY:
            self.add_error("delay_number", "A year is the longest wait.")
        return given

    def _delay(self) -> int:
        return int(self.cleaned_data["delay_number"]) * MINUTES[self.cleaned_data["delay_unit"]]

    @property
    def settings(self) -> SurveySettings:
        """What was typed, as the service takes it."""
        given = dict(self.cleaned_data)
        delay = self._delay()
        del given["delay_number"], given["delay_unit"]
        return SurveySettings(delay_minutes=delay, **given)


def settings_of(survey: Survey) -> dict[str, object]:
    """What the form shows first."""
    number, unit = delay_parts(survey.delay_minutes)
    names = [name for name in SurveySettingsForm.base_fields if not name.startswith("delay_")]
    return {name: getattr(survey, name) for name in names} | {"delay_number": number, "delay_unit": unit}


class WordsForm(forms.Form):
    """A survey's own words in one language; what is left empty is said in the standard words, shown as placeholders."""

    subject = forms.CharField(max_length=150, required=False, validators=[ONE_LINE], label="Subject of the mail")
    intro = forms.CharField(max_length=600, required=False, label="Before the question", widget=forms.Textarea)
    question = forms.CharField(max_length=300, required=False, label="Question")
    low_label = forms.CharField(max_length=60, required=False, label="Low end of the scale")
    high_label = forms.CharField(max_length=60, required=False, label="High end of the scale")
    follow_up_good = forms.CharField(max_length=300, required=False, label="Open question after a good answer")
    follow_up_middle = forms.CharField(max_length=300, required=False, label="Open question after a middling answer")
    follow_up_poor = forms.CharField(max_length=300, required=False, label="Open question after a poor answer")
    thanks = forms.CharField(max_length=300, required=False, label="Thanks")

    def __init__(self, *args: object, standard: SurveyWords, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, field in self.fields.items():
            field.widget.attrs["placeholder"] = getattr(standard, name)
        self.fields["intro"].widget.attrs["rows"] = 2

    @property
    def own(self) -> OwnWords:
        """What was typed, as the service takes it."""
        return OwnWords(**self.cleaned_data)
