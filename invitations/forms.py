"""What people type to ask somebody by hand, and to leave somebody alone."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from invitations.enums import SuppressionScope
from lib.ids import new_public_id
from surveys.models import Survey

ONE_LINE = RegexValidator(r"^[^\x00-\x1f\x7f]*$", "Write this in one line, without control characters.")


class InviteForm(forms.Form):
    """Whom to ask what. `once` is made with the form, so that submitting it twice asks once."""

    email = forms.CharField(
        label="E-mail address",
        max_length=254,
        validators=[ONE_LINE],
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label="Name", max_length=200, required=False, validators=[ONE_LINE], help_text="The mail greets them by it."
    )
    survey = forms.ChoiceField(label="Survey")
    once = forms.CharField(max_length=40, widget=forms.HiddenInput, initial=new_public_id)

    def __init__(self, *args: Any, surveys: Sequence[Survey], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._surveys = {survey.public_id: survey for survey in surveys}
        field = self.fields["survey"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(survey.public_id, survey.name) for survey in surveys]

    @property
    def chosen(self) -> Survey:
        """The survey that was chosen."""
        return self._surveys[self.cleaned_data["survey"]]


class SuppressForm(forms.Form):
    """Whom not to write to."""

    address = forms.CharField(
        label="E-mail address",
        max_length=254,
        validators=[ONE_LINE],
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(label="Leave out", choices=SuppressionScope.choices, initial=SuppressionScope.ALL)
