"""The widget's JSON against an empty view on the same server, and behind nginx's cache against a static file.

    .venv/bin/python -m benchmarks.widget [--requests 800] [--rounds 60]

Each pair is asked in turns, in many short rounds; a ratio is the median of the rounds'. Goals: at least 0.9 of both.
Without nginx on this machine the second pair is left out, in words.
"""

import argparse
import json
from collections.abc import Callable
from statistics import median

from benchmarks import nginx
from benchmarks.load import answer_to, requests_a_second
from benchmarks.servers import candor, web_server

GOAL = 0.9
NGINX_TIMES = 8

Measure = Callable[[], float]


def in_turns(ours: Measure, other: Measure, *, rounds: int) -> tuple[float, float, float]:
    """The medians of both and of their ratio. The first pair warms both up; who begins changes with each."""
    mine: list[float] = []
    theirs: list[float] = []
    for turn in range(rounds + 1):
        for measure, kept in ((ours, mine), (other, theirs))[:: 1 if turn % 2 else -1]:
            kept.append(measure())
    ratio = median(one / another for one, another in zip(mine[1:], theirs[1:], strict=True))
    return median(mine[1:]), median(theirs[1:]), ratio


def behind_nginx(port: int, path: str, *, requests: int, rounds: int) -> dict[str, object]:
    """The JSON from nginx's cache against a file with as many bytes."""
    body = answer_to(port, path).partition(b"\r\n\r\n")[2]
    count = requests * NGINX_TIMES
    with nginx.in_front_of(port, static=body) as (cached_port, static_port):
        answer_to(cached_port, path)
        if b"x-cache: hit" not in answer_to(cached_port, path).lower():
            raise SystemExit("nginx did not keep the widget's JSON.")
        cached, static, ratio = in_turns(
            lambda: requests_a_second(cached_port, path, count=count),
            lambda: requests_a_second(static_port, "/static", count=count),
            rounds=rounds,
        )
    return {
        "nginx_cached_per_second": round(cached),
        "nginx_static_per_second": round(static),
        "nginx_ratio": round(ratio, 3),
    }


def measure(*, requests: int, rounds: int) -> dict[str, object]:
    """Both pairs."""
    # Django's models can be imported only after the settings are known.
    from benchmarks import widget_setting  # noqa: PLC0415

    path = widget_setting.prepare()
    with web_server("benchmarks.widget_settings") as port:
        ours, empty, ratio = in_turns(
            lambda: requests_a_second(port, path, count=requests),
            lambda: requests_a_second(port, "/w/empty", count=requests),
            rounds=rounds,
        )
        found: dict[str, object] = {
            "benchmark": "widget",
            "json_per_second": round(ours),
            "empty_view_per_second": round(empty),
            "ratio": round(ratio, 3),
            "goal": GOAL,
        }
        if nginx.program():
            found |= behind_nginx(port, path, requests=requests, rounds=rounds)
    return found | {"rounds": rounds, "requests": requests}


def main() -> None:
    """Prints a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=60)
    given = parser.parse_args()
    with candor():
        found = measure(requests=given.requests, rounds=given.rounds)
    print(f"{'widget JSON':<32}{found['json_per_second']:>8} /s")
    print(f"{'empty view, same server':<32}{found['empty_view_per_second']:>8} /s")
    print(f"{'ratio':<32}{found['ratio']:>8}    goal {GOAL}")
    if "nginx_ratio" in found:
        print(f"{'widget JSON, nginx cache':<32}{found['nginx_cached_per_second']:>8} /s")
        print(f"{'static file of that size, nginx':<32}{found['nginx_static_per_second']:>8} /s")
        print(f"{'ratio':<32}{found['nginx_ratio']:>8}    goal {GOAL}")
    else:
        print("nginx is not on this machine; its pair was left out.")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
