"""What a person types to make a connection."""

from django import forms


class WebhookForm(forms.Form):
    """A signed webhook needs a name only."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="As your team calls what will send the events, for example “Our shop” or “Support desk”.",
    )


class DjangoHelpdeskForm(forms.Form):
    """Where a django-helpdesk is, and as whom to sign in."""

    name = forms.CharField(label="Name", max_length=100, initial="Helpdesk")
    address = forms.URLField(
        label="Address of the helpdesk",
        max_length=300,
        assume_scheme="https",
        help_text="Where its pages begin, for example https://help.example.com/ – its API is below that at api/.",
    )
    user = forms.CharField(
        label="User name there",
        max_length=150,
        help_text="A staff member of its own is best: notes will carry this name.",
    )
    password = forms.CharField(
        label="Password there", max_length=200, widget=forms.PasswordInput(render_value=False), strip=False
    )

    def clean_address(self) -> str:
        """With exactly one slash at its end, and without what belongs to a page."""
        address: str = self.cleaned_data["address"]
        if "?" in address or "#" in address or "@" in address:
            raise forms.ValidationError("Give the address only, without a name, a question mark or a #.")
        return address.rstrip("/").removesuffix("/api") + "/"
