"""Settings, team, keys and the audit log of a business; joining a team; logos."""

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from businesses import queries, rules, services
from businesses.access import Access, business_page, page
from businesses.enums import ApiScope, Role
from businesses.forms import ApiKeyForm, InvitationForm, RoleForm, SettingsForm
from businesses.models import User
from lib.errors import NotFound
from lib.images import ImageKind
from lib.keyset import read_place, write_place
from lib.tenancy import for_business

LOGO_TYPES = {kind.ending: kind.content_type for kind in ImageKind}
A_YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=rules.is_owner)
def settings_page(request: HttpRequest, access: Access) -> HttpResponse:
    """Everything an owner may decide about the business."""
    business = access.business
    if request.method != "POST":
        form = SettingsForm(initial={name: getattr(business, name) for name in services.CHANGEABLE})
        return page(request, access, "businesses/settings.html", {"form": form})
    form = SettingsForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, access, "businesses/settings.html", {"form": form}, status=422)
    given = form.cleaned_data
    actor = str(access.user)
    changes = {name: given[name] for name in services.CHANGEABLE}
    services.change_settings(business=business, changes=changes, actor=actor, now=access.now)
    if given["logo"] or (given["remove_logo"] and business.logo):
        services.change_logo(business=business, data=given["logo"], actor=actor, now=access.now)
    messages.success(request, "Saved.")
    return redirect("settings", business=business.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=rules.is_owner)
def team(request: HttpRequest, access: Access) -> HttpResponse:
    """Who works here, who is invited, and inviting another."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            invitation = services.invite_colleague(
                business=access.business,
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
                inviter=access.user,
                now=access.now,
            )
        except (services.AlreadyMember, services.UnusableAddress) as error:
            form.add_error("email", error.message)
        else:
            messages.success(request, f"An invitation is on its way to {invitation.email}.")
            return redirect("team", business=access.business.slug)
    context = {
        "form": form,
        "members": queries.team(access.business),
        "invitations": queries.pending_invitations(access.business),
        "roles": Role.choices,
    }
    return page(request, access, "businesses/team.html", context, status=422 if form.errors else 200)


@require_POST
@business_page(may=rules.is_owner)
def change_role(request: HttpRequest, access: Access, membership_id: int) -> HttpResponse:
    """Makes a member an owner or an agent."""
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise NotFound("There is no such role.")
    membership = queries.member(access.business, membership_id)
    try:
        services.change_role(
            membership=membership, role=Role(form.cleaned_data["role"]), actor=str(access.user), now=access.now
        )
    except services.LastOwner as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{membership.user} is now {membership.get_role_display().lower()}.")
    return redirect("team", business=access.business.slug)


@require_POST
@business_page(may=rules.is_owner)
def remove_member(request: HttpRequest, access: Access, membership_id: int) -> HttpResponse:
    """Takes a person off the team."""
    membership = queries.member(access.business, membership_id)
    try:
        revoked = services.remove_member(membership=membership, actor=str(access.user), now=access.now)
    except services.LastOwner as error:
        messages.error(request, error.message)
    else:
        if membership.user_id == access.user.pk:
            return redirect("app")
        keys = {0: "", 1: ", and 1 API key of theirs no longer works"}.get(
            revoked, f", and {revoked} API keys of theirs no longer work"
        )
        messages.success(request, f"{membership.user} is no longer on the team{keys}.")
    return redirect("team", business=access.business.slug)


@require_POST
@business_page(may=rules.is_owner)
def withdraw_invitation(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Ends the link of an invitation."""
    invitation = queries.pending_invitation(access.business, public_id)
    services.withdraw_invitation(invitation=invitation, actor=str(access.user), now=access.now)
    messages.success(request, f"The link sent to {invitation.email} no longer works.")
    return redirect("team", business=access.business.slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_team(request: HttpRequest, token: str) -> HttpResponse:
    """Following a mailed link into a team, signed in or on the way there."""
    invitation = queries.invitation_by_token(token)
    user = request.user
    if request.method == "POST" and isinstance(user, User):
        with for_business(invitation.business) as now:
            services.accept_invitation(invitation=invitation, user=user, now=now)
        messages.success(request, f"Welcome to {invitation.business}.")
        return redirect("home", business=invitation.business.slug)
    return render(request, "businesses/join_team.html", {"invitation": invitation, "role": Role(invitation.role)})


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=rules.is_owner)
def api_keys(request: HttpRequest, access: Access) -> HttpResponse:
    """The keys to the API, and making one. A new key's text is in this one answer and nowhere else."""
    form = ApiKeyForm(request.POST if request.method == "POST" else None)
    plain = ""
    if form.is_bound and form.is_valid():
        _, plain = services.create_api_key(
            business=access.business,
            name=form.cleaned_data["name"],
            scopes=[ApiScope(scope) for scope in form.cleaned_data["scopes"]],
            creator=access.user,
            expires_at=form.expires_at(access.now),
            now=access.now,
        )
        form = ApiKeyForm()
    context = {
        "form": form,
        "keys": queries.api_keys(access.business),
        "plain": plain,
        "scope_words": dict(ApiScope.choices),
        "address": settings.CANDOR_URL,
    }
    return page(request, access, "businesses/api_keys.html", context, status=422 if form.errors else 200)


@require_POST
@business_page(may=rules.is_owner)
def revoke_key(request: HttpRequest, access: Access, key_id: str) -> HttpResponse:
    """Ends a key at once."""
    key = queries.api_key(access.business, key_id)
    services.revoke_api_key(key=key, actor=str(access.user), now=access.now)
    messages.success(request, f"The key “{key.name}” no longer opens anything.")
    return redirect("api_keys", business=access.business.slug)


@require_safe
@business_page(may=rules.is_owner)
def audit_log(request: HttpRequest, access: Access) -> HttpResponse:
    """Who did what, newest first."""
    entries = queries.audit_page(access.business, before=read_place(request.GET.get("before", "")))
    shown = entries[: queries.AUDIT_PAGE]
    older = write_place(shown[-1].at, shown[-1].pk) if len(entries) > len(shown) else ""
    return page(request, access, "businesses/audit_log.html", {"entries": shown, "older": older})


@require_safe
def logo(_request: HttpRequest, name: str) -> HttpResponse:
    """A business's logo: public, never changing under its name, and never anything but a picture."""
    content_type = LOGO_TYPES.get(name.rpartition(".")[2])
    path = f"logos/{name}"
    if content_type is None or not default_storage.exists(path):
        raise NotFound
    with default_storage.open(path) as file:
        response = HttpResponse(file.read(), content_type=content_type)
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
