"""What people type about a business, its team and its keys."""

from datetime import datetime, timedelta
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import ProhibitNullCharactersValidator, RegexValidator

from businesses.enums import ApiScope, Role
from businesses.models import Business
from businesses.services import MOST_LOGO_BYTES
from lib.images import NotAnImage, image_kind

ONE_LINE = RegexValidator(r"^[^\x00-\x1f\x7f]*$", "Write this in one line, without control characters.")
HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


def time_zones() -> list[tuple[str, str]]:
    """Time zones that people live in, by name."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "System")))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class LogoField(forms.FileField):
    """A picture of at most 512 kB; its bytes decide what it is, not its name."""

    default_error_messages = {"too_large": "The file has %(size)s kB; a logo has at most 512 kB."}

    def __init__(self) -> None:
        super().__init__(
            required=False,
            label="Logo",
            help_text="PNG, JPEG or WebP, at most 512 kB. It stands on your surveys and mails, 40 pixels high.",
            widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        )

    def clean(self, data: "UploadedFile[bytes] | None", initial: object = None) -> bytes | None:
        """The picture's bytes, or None without one."""
        upload = super().clean(data, initial)
        if not upload:
            return None
        if upload.size > MOST_LOGO_BYTES:
            raise forms.ValidationError(self.error_messages["too_large"], params={"size": upload.size // 1024})
        content: bytes = upload.read()
        try:
            image_kind(content)
        except NotAnImage as error:
            raise forms.ValidationError(str(error)) from error
        return content


class NewBusinessForm(forms.Form):
    """The five things a business begins with."""

    name = forms.CharField(
        max_length=100,
        validators=[ONE_LINE],
        label="Name of the business",
        help_text="As your customers know it.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    site = forms.URLField(
        max_length=200,
        required=False,
        assume_scheme="https",
        label="Site",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    language = forms.ChoiceField(
        choices=settings.LANGUAGES,
        label="Language of your customers",
        help_text="For surveys and mails, unless a customer's own language is known.",
    )
    time_zone = forms.ChoiceField(
        choices=time_zones,
        label="Time zone",
        help_text="So that nobody is written to in the middle of their night.",
        widget=forms.Select(attrs={"data-time-zone": True}),
    )
    logo = LogoField()


class SettingsForm(NewBusinessForm):
    """Everything an owner may decide about a business."""

    # Here the time zone was chosen, so a page does not choose it again.
    time_zone = forms.ChoiceField(
        choices=time_zones, label="Time zone", help_text="For quiet hours, and for the times that these pages show."
    )

    colour = forms.CharField(
        max_length=7,
        label="Colour",
        help_text="On your surveys and mails. Words on it turn dark or light by themselves.",
        widget=forms.TextInput(attrs={"type": "color"}),
        validators=Business._meta.get_field("colour").validators,
    )
    remove_logo = forms.BooleanField(required=False, label="Take the logo away")
    sender_name = forms.CharField(
        max_length=100,
        required=False,
        validators=[ONE_LINE],
        label="Sender",
        help_text="The name your surveys come from. Empty: the name of the business.",
    )
    reply_to = forms.EmailField(
        required=False, label="Replies go to", help_text="Where an answer to a survey mail arrives."
    )
    postal_address = forms.CharField(
        max_length=300,
        required=False,
        validators=[ONE_LINE],
        label="Postal address",
        help_text="At the foot of every mail; several countries ask for it.",
    )
    quiet_from = forms.TypedChoiceField(choices=HOURS, coerce=int, label="Quiet from")
    quiet_until = forms.TypedChoiceField(choices=HOURS, coerce=int, label="Quiet until")
    ask_again_after_days = forms.IntegerField(
        min_value=0,
        max_value=365,
        label="Ask a customer again after, in days",
        help_text="Whatever they bought or asked meanwhile. 0 means no limit; 30 is a good start.",
    )
    shows_survey_results = forms.BooleanField(
        required=False,
        label="Show NPS and CSAT on the public page",
        help_text="The score of your reviews is always public, and no setting changes it.",
    )
    shows_asked = forms.BooleanField(
        required=False,
        label="Show everybody how many customers were asked each day",
        help_text="Solved tickets, how many could be asked, how many were, how many answered: open in the public log.",
    )
    shows_branding = forms.BooleanField(required=False, label="One line about Candor at the foot of surveys and mails")


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(choices=Role.choices, initial=Role.AGENT, label="Role")


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(choices=Role.choices)


class ApiKeyForm(forms.Form):
    """What a key is for, what it opens and how long."""

    LIVES = [("30", "30 days"), ("90", "90 days"), ("365", "One year"), ("", "Until it is revoked")]

    name = forms.CharField(
        max_length=100,
        label="Name",
        help_text="Where it will be used, for example “Shop backend”.",
        validators=[ONE_LINE, ProhibitNullCharactersValidator()],
    )
    scopes = forms.MultipleChoiceField(
        choices=ApiScope.choices,
        label="It may",
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick only what it needs.",
    )
    life = forms.ChoiceField(choices=LIVES, initial="365", required=False, label="It works for")

    def expires_at(self, now: datetime) -> datetime | None:
        """When the key ends, or None for never."""
        days = self.cleaned_data["life"]
        return now + timedelta(days=int(days)) if days else None
