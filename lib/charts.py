"""Where the parts of a chart stand. Values in, coordinates out; templates/macros/charts.html draws them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """One period of a trend; a period without a score has ``value`` None and breaks the line."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A drawn point: ``x`` and ``y`` in percent of the plot from its upper left corner."""

    x: float
    y: float
    point: TrendPoint


@dataclass(frozen=True, kw_only=True)
class Trend:
    """All that a trend chart draws. Paths are in a 100 by 100 box that is stretched to the plot."""

    lines: list[str]
    bands: list[str]
    dots: list[Dot]
    ticks: list[tuple[float, float]]


def trend(points: Sequence[TrendPoint], *, floor: float | None = None, ceiling: float | None = None) -> Trend:
    """Lays a trend out between the given bounds, or between round numbers around its values and intervals."""
    reach = [number for p in points for number in (p.value, p.low, p.high) if number is not None]
    ticks = _ticks(
        min(reach, default=0.0) if floor is None else floor,
        max(reach, default=1.0) if ceiling is None else ceiling,
    )
    bottom, top = ticks[0], ticks[-1]

    def height(value: float) -> float:
        return round(100 - 100 * (min(max(value, bottom), top) - bottom) / (top - bottom), 2)

    width = 100 / max(len(points) - 1, 1)
    runs: list[list[Dot]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            x = 50.0 if len(points) == 1 else round(index * width, 2)
            runs[-1].append(Dot(x=x, y=height(point.value), point=point))
    return Trend(
        lines=[_path([(dot.x, dot.y) for dot in run]) for run in runs if len(run) > 1],
        bands=[band for run in runs if (band := _band(run, height))],
        dots=[dot for run in runs for dot in run],
        ticks=[(tick, height(tick)) for tick in ticks],
    )


def spark(values: Sequence[float]) -> str:
    """A line of the values in a 100 by 100 box; empty for fewer than two."""
    if len(values) < 2:
        return ""
    low, span = min(values), (max(values) - min(values)) or 1
    width = 100 / (len(values) - 1)
    return _path([(round(i * width, 2), round(95 - 90 * (v - low) / span, 2)) for i, v in enumerate(values)])


def shares(counts: Sequence[int]) -> list[tuple[float, float]]:
    """Start and width in percent of each count in a stacked bar; all zero when nothing was counted."""
    total = sum(counts)
    start, parts = 0.0, []
    for count in counts:
        width = 100 * count / total if total else 0.0
        parts.append((round(start, 3), round(width, 3)))
        start += width
    return parts


def arc(start: float, end: float, *, radius: float = 62, centre: float = 76, opening: float = 120) -> str:
    """A piece of the score's arc from ``start`` to ``end`` (0 to 1), open below by ``opening`` degrees."""

    def at(share: float) -> tuple[float, float]:
        angle = math.radians(90 + opening / 2 + share * (360 - opening))
        return round(centre + radius * math.cos(angle), 2), round(centre + radius * math.sin(angle), 2)

    (x1, y1), (x2, y2) = at(start), at(end)
    large = int((end - start) * (360 - opening) > 180)
    return f"M{x1:g} {y1:g}A{radius:g} {radius:g} 0 {large} 1 {x2:g} {y2:g}"


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers that reach from at most ``low`` to at least ``high``."""
    if high - low < 1e-6:
        high = low + 1
    rough = (high - low) / 4
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(s * scale for s in STEPS if s * scale >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 6) for index in range(first, last + 1)]


def _path(corners: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in corners)


def _band(run: Sequence[Dot], height: Callable[[float], float]) -> str:
    upper = [(dot.x, height(dot.point.high)) for dot in run if dot.point.high is not None]
    lower = [(dot.x, height(dot.point.low)) for dot in run if dot.point.low is not None]
    return _path(upper + lower[::-1]) + "Z" if len(upper) > 1 and len(upper) == len(lower) else ""
