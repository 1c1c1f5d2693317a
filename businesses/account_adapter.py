"""Where allauth meets Candor: its mails in our words and looks."""

from collections.abc import Mapping
from typing import Any

import css_inline
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string

from businesses.account_mails import MAILS, UNASKED, AccountMail
from lib.limits import client_address
from lib.secrets import open_sealed, seal

# These mails come from the service itself, so the service stands where a business stands in other mails.
CANDOR = {"name": "Candor", "colour": "#2F4BD8", "logo": "", "postal_address": "", "shows_branding": False}

INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sends the mails about a sign-in directly: the person waits for them and asks again when one is lost.

    They are the one kind of mail that is not a row; nothing of a customer's depends on them.
    """

    def get_client_ip(self, request: HttpRequest) -> str:
        """The person's own address, so that behind a proxy not all of them share one limit."""
        return client_address(request)

    def save_user(self, request: Any, user: Any, form: Any, commit: bool = True) -> Any:
        """Keeps the name that the sign-up form asks for."""
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Writes and sends one mail, named by the last part of `template_prefix`."""
        mail = MAILS[template_prefix.rpartition("/")[2]]
        facts = {"email": email} | context
        message = EmailMultiAlternatives(
            subject=mail.subject.format_map(_Words(facts)),
            body=render_to_string("mail/account.txt", _page(mail, facts)),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[email],
            headers={"Auto-Submitted": "auto-generated"},
        )
        page = render_to_string("mail/account.html", _page(mail, facts))
        message.attach_alternative(INLINER.inline(page), "text/html")
        message.send()


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals what an authenticator app shares with us, like every other secret at rest."""

    def encrypt(self, text: str) -> str:
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return open_sealed(encrypted_text.encode())


class _Words(dict[str, Any]):
    """The facts of a mail for its sentence; one that this mail does not have reads as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def _page(mail: AccountMail, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "business": CANDOR,
        "subject": mail.subject.format_map(_Words(facts)),
        "lead": mail.lead.format_map(_Words(facts)),
        "code": facts.get("code", ""),
        "link": facts.get(mail.link, "") if mail.link else "",
        "link_word": mail.link_word,
        "is_alarm": mail.is_alarm,
        "unasked": UNASKED if facts.get("code") else "",
        "timestamp": facts.get("timestamp"),
        "ip": facts.get("ip", ""),
        "user_agent": facts.get("user_agent", ""),
        "reset_link": f"{settings.CANDOR_URL}/accounts/password/reset/",
    }
