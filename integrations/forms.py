"""What a person types to make a connection."""

from django import forms


class WebhookForm(forms.Form):
    """A signed webhook needs a name only."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="As your team calls what will send the events, for example “Our shop” or “Support desk”.",
    )
