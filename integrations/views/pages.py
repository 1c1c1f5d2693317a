"""The pages on which an owner makes and minds connections."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from businesses import rules
from businesses.access import Access, business_page, page
from integrations.enums import ConnectionKind
from integrations.forms import DjangoHelpdeskForm, WebhookForm
from integrations.helpdesks.django_helpdesk import Account, account_in
from integrations.models import Connection
from integrations.queries import connections_of, get_connection, newest_deliveries, newest_results
from integrations.services import connections as services
from integrations.services import write_backs
from integrations.trying import try_it
from lib.errors import NotFound
from lib.secrets import open_sealed


@require_safe
@business_page(may=rules.is_owner)
def connections(request: HttpRequest, access: Access) -> HttpResponse:
    """All connections of the business, and which kinds there are to add."""
    context = {"here": "connections", "connections": list(connections_of(access.business))}
    return page(request, access, "integrations/connections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=rules.is_owner)
def new_webhook(request: HttpRequest, access: Access) -> HttpResponse:
    """A signed webhook is made by naming it; its page then shows address and secret."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        connection = services.create_generic(
            business=access.business, name=form.cleaned_data["name"], actor=str(access.user), now=access.now
        )
        return redirect(_address_of_page(access, connection))
    return page(request, access, "integrations/new_webhook.html", {"here": "connections", "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=rules.is_owner)
def new_django_helpdesk(request: HttpRequest, access: Access) -> HttpResponse:
    """A django-helpdesk needs to know us, and we it: its page then shows the address to push to."""
    form = DjangoHelpdeskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        connection = services.create_django_helpdesk(
            business=access.business,
            name=given["name"],
            account=Account(address=given["address"], user=given["user"], password=given["password"]),
            actor=str(access.user),
            now=access.now,
        )
        return redirect(_address_of_page(access, connection))
    return page(request, access, "integrations/new_django_helpdesk.html", {"here": "connections", "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=rules.is_owner)
def account(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Mends where the helpdesk is and as whom we sign in there; the password is asked for anew."""
    found = get_connection(access.business, public_id)
    if found.kind != ConnectionKind.DJANGO_HELPDESK:
        raise NotFound
    known = account_in(open_sealed(found.credentials))
    form = DjangoHelpdeskForm(
        request.POST or None, initial={"name": found.name, "address": known.address, "user": known.user}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        services.change_account(
            connection=found,
            name=given["name"],
            account=Account(address=given["address"], user=given["user"], password=given["password"]),
            actor=str(access.user),
            now=access.now,
        )
        messages.success(request, "Saved. The next look at the helpdesk follows within seconds.")
        return redirect(_address_of_page(access, found))
    context = {"here": "connections", "form": form, "connection": found}
    return page(request, access, "integrations/account.html", context)


@require_POST
@business_page(may=rules.is_owner)
def again(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Failed and refused results are tried anew."""
    found = get_connection(access.business, public_id)
    number = write_backs.try_again(business=access.business, connection=found, now=access.now)
    messages.success(request, f"{number} will be tried again.")
    return redirect(_address_of_page(access, found))


@require_safe
@business_page(may=rules.is_owner)
def connection(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Address, secret, a line to try, and what became of the last deliveries."""
    found = get_connection(access.business, public_id)
    secret = open_sealed(found.secret)
    address = hook_address(found, secret)
    context = {
        "here": "connections",
        "connection": found,
        "address_of_hook": address,
        "secret": secret,
        "is_local": settings.LOCAL,
        "deliveries": newest_deliveries(found),
        "results": newest_results(found),
        "try_it": try_it(address=address, secret=secret, language=access.business.language, now=access.now),
    }
    return page(request, access, "integrations/connection.html", context)


def hook_address(connection: Connection, secret: str) -> str:
    """Where the other side delivers to; with the secret in it where it cannot sign."""
    parts = {"public_id": connection.public_id}
    if connection.kind == ConnectionKind.GENERIC:
        return f"{settings.CANDOR_URL}{reverse('hook', kwargs=parts)}"
    return f"{settings.CANDOR_URL}{reverse('hook_with_secret', kwargs={**parts, 'secret': secret})}"


@require_POST
@business_page(may=rules.is_owner)
def rotate_secret(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """A new secret at once; the old one is refused from now on."""
    found = get_connection(access.business, public_id)
    services.rotate_secret(connection=found, actor=str(access.user), now=access.now)
    messages.success(request, "There is a new secret. Deliveries under the old one are refused from now on.")
    return redirect(_address_of_page(access, found))


@require_POST
@business_page(may=rules.is_owner)
def pause(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Deliveries are kept, and nobody is asked because of them."""
    found = get_connection(access.business, public_id)
    services.pause(connection=found, actor=str(access.user), now=access.now)
    messages.success(request, f"{found.name} is paused: events are kept, and nobody is asked because of them.")
    return redirect(_address_of_page(access, found))


@require_POST
@business_page(may=rules.is_owner)
def resume(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Events lead to invitations again."""
    found = get_connection(access.business, public_id)
    services.resume(connection=found, actor=str(access.user), now=access.now)
    messages.success(request, f"{found.name} is active: events lead to invitations again.")
    return redirect(_address_of_page(access, found))


@require_POST
@business_page(may=rules.is_owner)
def delete(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """The end of a connection."""
    found = get_connection(access.business, public_id)
    services.delete_connection(connection=found, actor=str(access.user), now=access.now)
    messages.success(request, f"{found.name} is deleted. Tickets, invitations and answers stay.")
    return redirect("connections", business=access.business.slug)


def _address_of_page(access: Access, connection: Connection) -> str:
    return reverse("connection", kwargs={"business": access.business.slug, "public_id": connection.public_id})
