"""The forms of signing up and in: allauth's, with this product's words on their fields."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms

LABELS = {
    "email": "E-mail address",
    "login": "E-mail address",
    "password": "Password",
    "oldpassword": "Your password now",
    "code": "Code",
    "name": "Name of this key",
    "passwordless": "Sign in with this key alone",
}
NEW_PASSWORD_HELP = "Ten characters or more. A few words that only you would put together are good."  # noqa: S105 - Words.
PASSWORDLESS_HELP = "You will not be asked for a password; the key asks for your finger, face or PIN instead."


def _speak_plainly(fields: dict[str, forms.Field], *, choice_label: str = "New password") -> None:
    for name, field in fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.help_text = ""
        field.label = LABELS.get(name, field.label)
    if "password1" in fields:
        fields["password1"].label = choice_label
        fields["password1"].help_text = NEW_PASSWORD_HELP
    if "password2" in fields:
        fields["password2"].label = f"{choice_label}, again"
    if "passwordless" in fields:
        fields["passwordless"].help_text = PASSWORDLESS_HELP


class PlainLabels:
    """Put before one of allauth's forms: the same fields, in plain words and without placeholders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak_plainly(self.fields)  # type: ignore[attr-defined]


class LoginForm(PlainLabels, account.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""


class SignupForm(account.SignupForm):  # type: ignore[misc]
    """A name, an e-mail address and, for those who want one, a password; without it a code comes by mail."""

    name = forms.CharField(
        max_length=100,
        label="Your name",
        help_text="Colleagues see it beside what you do.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label, help_text = self.fields["name"].label, self.fields["name"].help_text
        _speak_plainly(self.fields, choice_label="Password")
        self.fields["name"].label, self.fields["name"].help_text = label, help_text
        self.fields[
            "password1"
        ].help_text = f"{NEW_PASSWORD_HELP} Leave it empty to sign in with codes sent to your address."


class AddEmailForm(PlainLabels, account.AddEmailForm):  # type: ignore[misc]
    """The new address of a sign-in."""


class ChangePasswordForm(PlainLabels, account.ChangePasswordForm):  # type: ignore[misc]
    """The password now, and the new one twice."""


class SetPasswordForm(PlainLabels, account.SetPasswordForm):  # type: ignore[misc]
    """A first password for somebody who signed in by code until now."""


class ResetPasswordForm(PlainLabels, account.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the code that allows a new password."""


class ResetPasswordKeyForm(PlainLabels, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password after a reset."""


class RequestLoginCodeForm(PlainLabels, account.RequestLoginCodeForm):  # type: ignore[misc]
    """Where to send the code that signs in."""


class ConfirmLoginCodeForm(PlainLabels, account.ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code that was mailed for signing in."""


class ConfirmEmailVerificationCodeForm(PlainLabels, account.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """The code that shows that an address is the person's own."""


class ConfirmPasswordResetCodeForm(PlainLabels, account.ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    """The code that allows a new password."""


class ReauthenticateForm(PlainLabels, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""


class AuthenticateForm(PlainLabels, mfa.AuthenticateForm):  # type: ignore[misc]
    """The second factor when signing in."""


class ReauthenticateWithCodeForm(PlainLabels, mfa.ReauthenticateForm):  # type: ignore[misc]
    """The second factor once more, before something that matters."""


class ActivateTOTPForm(PlainLabels, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""


class AddWebAuthnForm(PlainLabels, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A new security key or passkey."""


class EditWebAuthnForm(PlainLabels, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a security key."""
