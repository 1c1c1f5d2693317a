"""What a customer sends back: a score of the survey's scale and, if they like, words."""

from django import forms
from django.utils.translation import gettext as _

from surveys.models import Response, Survey
from surveys.scales import values
from surveys.services import LONGEST_COMMENT


class AnswerForm(forms.Form):
    """An answer to one survey. Its errors are in the active language."""

    score = forms.TypedChoiceField(coerce=int, empty_value=None)
    comment = forms.CharField(required=False, max_length=LONGEST_COMMENT, widget=forms.Textarea)

    def __init__(self, survey: Survey, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        possible = values(survey.kind, survey.scale_points)
        score, comment = self.fields["score"], self.fields["comment"]
        assert isinstance(score, forms.TypedChoiceField)
        score.choices = [(str(value), str(value)) for value in possible]
        choose = _("Choose a number from %(least)s to %(most)s.") % {"least": possible[0], "most": possible[-1]}
        score.error_messages |= {"required": choose, "invalid_choice": choose}
        comment.error_messages["max_length"] = _(
            "Your comment has %(show_value)d characters. %(limit_value)d is the most we can take."
        )

    @property
    def chosen(self) -> int | None:
        """The score to show as chosen: what was sent, or else what the page began with."""
        value = self["score"].value()
        offered = dict(self.fields["score"].choices)  # type: ignore[attr-defined]
        return int(value) if str(value) in offered else None


def beginning(survey: Survey, tapped: str, earlier: Response | None) -> dict[str, object]:
    """What the form shows first: the score tapped in the mail, else the earlier answer; a foreign score is ignored."""
    possible = {str(value): value for value in values(survey.kind, survey.scale_points)}
    score = possible.get(tapped, earlier.score if earlier else None)
    return {"score": score, "comment": earlier.comment if earlier else ""}
