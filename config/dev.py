"""Pages that exist in a local run only: /dev/mail/, where the mails of this installation arrive."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from config.embedded.mailsink import MailFolder

ON_ONE_PAGE = 50
# A mail is somebody else's page: it runs nothing, and its links open beside it.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src http: https: data:; frame-ancestors 'self'"
)


@dataclass(frozen=True)
class ReceivedMail:
    """One kept mail as its page shows it. `received_at` is when the sink accepted it (UTC)."""

    number: int
    received_at: datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject, or words for its absence."""
        return str(self.message.get("Subject") or "No subject")

    @property
    def recipient(self) -> str:
        """Whom it is addressed to, as the mail itself says."""
        return str(self.message.get("To") or "nobody named")

    @property
    def sender(self) -> str:
        """Whom it says it is from."""
        return str(self.message.get("From") or "nobody named")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Every header, in order."""
        return [(name, str(value)) for name, value in self.message.items()]

    def part(self, kind: str) -> str | None:
        """The text of its `plain` or `html` part, or None where it has none."""
        body = self.message.get_body(preferencelist=(kind,))
        return str(body.get_content()) if body is not None else None


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """The kept mails, newest first; `?before=` goes on where a page ended."""
    before = request.GET.get("before", "")
    paths = [path for path in _folder().paths() if not before.isdecimal() or int(path.stem) < int(before)]
    shown = [_read(path) for path in reversed(paths[-ON_ONE_PAGE:])]
    older = f"{reverse('dev_mail')}?before={shown[-1].number}" if len(paths) > ON_ONE_PAGE else None
    newest = reverse("dev_mail") if before else None
    return render(request, "dev/mail_list.html", {"mails": shown, "older": older, "newest": newest})


@require_safe
def mail(request: HttpRequest, number: int) -> HttpResponse:
    """One mail: as a client shows it, its text twin, its headers."""
    received = _mail(number)
    context = {"mail": received, "html": received.part("html"), "text": received.part("plain")}
    return render(request, "dev/mail.html", context)


@require_safe
@xframe_options_sameorigin
def mail_html(_request: HttpRequest, number: int) -> HttpResponse:
    """The mail's own page, alone and powerless; its links open in a new tab."""
    html = _mail(number).part("html")
    if html is None:
        raise Http404
    response = HttpResponse(f'<base target="_blank">{html}')
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


@require_safe
def mail_source(_request: HttpRequest, number: int) -> HttpResponse:
    """The mail as it came over the wire."""
    return HttpResponse(_path(number).read_bytes(), content_type="text/plain; charset=utf-8")


def _folder() -> MailFolder:
    return MailFolder(settings.DATA_DIR / "mail")


def _path(number: int) -> Path:
    path = _folder().path(number)
    if not path.exists():
        raise Http404
    return path


def _mail(number: int) -> ReceivedMail:
    return _read(_path(number))


def _read(path: Path) -> ReceivedMail:
    return ReceivedMail(
        number=int(path.stem),
        received_at=datetime.fromtimestamp(path.stat().st_mtime, tz=UTC),
        message=message_from_bytes(path.read_bytes(), policy=policy.default),
    )
