"""The log as its operator sees it: how far it is, what it waits for, and why it stands still if it does."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from businesses import rules
from businesses.access import ServiceAccess, service_page
from lib.tenancy import for_service
from trustscore.health import LogHealth, log_health
from trustscore.ledger.files import LogFiles
from trustscore.models import AskedWitness
from trustscore.services import rebuild_log, thaw_log
from trustscore.witnessing.policy import PolicyError, read_policy
from trustscore.witnessing.queries import asked_witnesses


@require_http_methods(["GET", "HEAD", "POST"])
@service_page(may=rules.is_operator)
def log_page(request: HttpRequest, access: ServiceAccess) -> HttpResponse:
    """GET shows how the log is; POST lets it look again after a person has mended what froze it.

    With `rebuild` the files are written anew first.
    """
    if request.method == "POST":
        act = rebuild_log if "rebuild" in request.POST else thaw_log
        act(by=str(access.user))
        return redirect("operator_ledger")
    key = Path(settings.LEDGER_KEY_FILE)
    witnesses, policy_problem = _witnesses()
    context = {
        "now": access.now,
        "health": log_health(now=access.now),
        "folder": settings.LEDGER_DIR,
        "key_file": key,
        "has_key": key.exists(),
        "files_are_gone": LogFiles(settings.LEDGER_DIR).note() is None,
        "witnesses": witnesses,
        "policy_problem": policy_problem,
    }
    return render(request, "trustscore/operator.html", context)


@require_safe
def ledger_health(_request: HttpRequest) -> JsonResponse:
    """200 while the log keeps up, 503 with a sentence when it is frozen or events have waited for a minute."""
    with for_service("whether the log keeps up") as now:
        health: LogHealth = log_health(now=now)
    return JsonResponse(
        {"healthy": not health.problem, "problem": health.problem}, status=503 if health.problem else 200
    )


def _witnesses() -> tuple[list[AskedWitness], str]:
    try:
        return asked_witnesses(read_policy(settings.LEDGER_POLICY_FILE)), ""
    except PolicyError as error:
        return [], str(error)
