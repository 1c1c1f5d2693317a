"""Choosing a widget."""

from django import forms
from django.conf import settings

from widgets.enums import Theme, WidgetType
from widgets.snippets import Choice


class WidgetForm(forms.Form):
    """Shape, colours and language. There is nothing to choose about score and count."""

    type = forms.ChoiceField(label="Shape", choices=WidgetType.choices, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label="Colours", choices=Theme.choices, widget=forms.RadioSelect)
    lang = forms.ChoiceField(
        label="Language",
        choices=[("", "As the page around it"), *settings.LANGUAGES],
        required=False,
    )

    def choice(self) -> Choice:
        """What was chosen; what was not, or wrongly, is as in the beginning."""
        chosen = self.cleaned_data if self.is_valid() else {}
        return Choice(
            type=WidgetType(chosen.get("type", WidgetType.BADGE)),
            theme=Theme(chosen.get("theme", Theme.AUTO)),
            language=chosen.get("lang", ""),
        )
