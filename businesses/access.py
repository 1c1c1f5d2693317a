"""The door to a tenant: the only way from a request to a business.

Behind it stands row-level security (lib.tenancy), so a view that forgets to filter still sees its own tenant only.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from businesses.models import Business, Membership, User
from lib.errors import NotAllowed, NotFound
from lib.tenancy import for_business, for_public, for_service

P = ParamSpec("P")


@dataclass(frozen=True)
class Access:
    """Who came through the door, to which business, when (UTC, the database's clock).

    It carries all the person's businesses, because every signed-in page shows the switcher.
    """

    business: Business
    membership: Membership
    user: User
    businesses: tuple[Business, ...]
    now: datetime


View = Callable[Concatenate[HttpRequest, Access, P], HttpResponseBase]


def business_page(*, may: Callable[[Membership], bool]) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Makes `view(request, access, …)` a page of the business named by the route's `business` slug.

    The view runs, and renders, in one transaction of that tenant. Someone signed out is asked to sign in; someone who
    does not belong here gets the same 404 as for a business that does not exist; a member without the right gets 403.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, business: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User):
                return redirect_to_login(request.get_full_path())
            memberships = memberships_of(user)
            membership = next((each for each in memberships if each.business.slug == business), None)
            if membership is None:
                raise NotFound
            if not may(membership):
                raise NotAllowed("Only an owner of this business can do this. Ask one of them.")
            with for_business(membership.business) as now:
                access = Access(
                    business=membership.business,
                    membership=membership,
                    user=user,
                    businesses=tuple(each.business for each in memberships),
                    now=now,
                )
                answer = view(request, access, *args, **kwargs)
            if not answer.has_header("Cache-Control"):
                # No cache between, and no neighbour at the same computer, keeps a business's pages.
                patch_cache_control(answer, private=True, no_store=True)
            return answer

        return page

    return decorate


@dataclass(frozen=True)
class ServiceAccess:
    """A person who works for the service itself, not for a business, and when they came (UTC, the database's clock)."""

    user: User
    now: datetime


def service_page(
    *, may: Callable[[User], bool]
) -> Callable[
    [Callable[Concatenate[HttpRequest, ServiceAccess, P], HttpResponseBase]], Callable[..., HttpResponseBase]
]:
    """Makes `view(request, access, …)` a page of the service, in one transaction that sees every business.

    Someone signed out is asked to sign in; for everybody else without the right there is no such page.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, ServiceAccess, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            if not may(request.user):
                raise NotFound
            with for_service(f"a page of the service: {view.__name__}") as now:
                answer = view(request, ServiceAccess(user=request.user, now=now), *args, **kwargs)
            patch_cache_control(answer, private=True, no_store=True)
            return answer

        return page

    return decorate


def business_action(*, may: Callable[[Membership], bool]) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Like business_page, for a view that talks to another service: it runs outside of any transaction.

    What it reads or writes here it does in a scope of its own, before or after it has talked.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @business_page(may=may)
        def door(_request: HttpRequest, access: Access) -> HttpResponseBase:
            return _Passed(access)

        @wraps(view)
        def action(request: HttpRequest, business: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            answer = door(request, business)
            if not isinstance(answer, _Passed):
                return answer
            return view(request, answer.access, *args, **kwargs)

        return action

    return decorate


class _Passed(HttpResponse):
    """Nobody's answer: that somebody may pass, handed from the door to the action behind it."""

    def __init__(self, access: Access) -> None:
        super().__init__()
        self.access = access


def memberships_of(user: User) -> list[Membership]:
    """The person's memberships with their businesses, by name of the business."""
    with for_service("the businesses of a signed-in person"):
        found = Membership.objects.filter(user=user).select_related("business").order_by("business__name", "id")
        return list(found)


def page(
    request: HttpRequest, access: Access, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """Renders a signed-in page in the business's time zone: its own context, and what the frame around it needs."""
    frame = {
        "business": access.business,
        "membership": access.membership,
        "businesses": access.businesses,
        "now": access.now,
    }
    with timezone.override(ZoneInfo(access.business.time_zone)):
        return render(request, template, frame | dict(context), status=status)


@contextmanager
def public_business(slug: str) -> Iterator[tuple[Business, datetime]]:
    """A business and the database's time in a transaction that sees what is published. Raises NotFound."""
    with for_public() as now:
        found = Business.objects.filter(slug=slug).first()
        if found is None:
            raise NotFound("There is no business at this address.")
        yield found, now
