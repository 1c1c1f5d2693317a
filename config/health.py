"""Whether this process lives, and whether the servers it needs answer it."""

from django.core.cache import cache
from django.db import OperationalError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from lib.login import UnsafeLogin


@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """200 as long as requests are answered at all."""
    return JsonResponse({"live": True})


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when PostgreSQL and Valkey answer, 503 with a sentence for each that does not."""
    problems = [problem for problem in (_database_problem(), _valkey_problem()) if problem]
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)


def _database_problem() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except UnsafeLogin as error:
        return str(error)
    except OperationalError:
        connection.close()
        return "PostgreSQL does not answer at the address in DATABASE_URL."
    return None


def _valkey_problem() -> str | None:
    try:
        cache.get("health")
    except RedisError:
        return "Valkey does not answer at the address in REDIS_URL."
    return None
