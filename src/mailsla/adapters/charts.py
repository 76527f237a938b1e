"""Charts as PNG by matplotlib, which is loaded with the first one and not before: for pages and mails of reports.

Light and opaque, so that a dark page leaves them as they are; colours of Okabe and Ito, with shapes and figures beside
them; type that is still read where a phone shows a picture at a third of its size. The same values make the same bytes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mailsla.errors import PermanentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NEEDS_EXTRA = "install it: pip install 'mailsla[reports]'"

WIDTH = 1088  # pixels; letters show it at half of that (letters.md section 3)
TYPE = 35  # pixels: at least 24, and 10 on a phone
_DPI = 100
_POINTS = TYPE * 72 / _DPI
_MARGIN = 32
_INK, _MUTED, _GRID, _CARD = "#1c2430", "#55606e", "#d5dbe3", "#ffffff"
_BLUE, _ORANGE, _GREEN, _REST = "#0072b2", "#d55e00", "#009e73", "#d5dbe3"
_LONGEST = 32  # characters of a label
_ROW = 74  # pixels of a row of bars
_TREND, _HEAT = 560, 600  # pixels high
_MOST_LABELS = 6  # below a line, so that none touches the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Shares from 0 to 1 over time, None where there was nothing; the last one is the period reported.

    `aim`: a share to be reached, and its name. `marks`: how 0, 5, 10 ... 100 % are written.
    """

    name: str
    alt: str
    labels: Sequence[str]
    shares: Sequence[float | None]
    texts: Sequence[str]
    marks: Sequence[str]
    aim: tuple[float, str] | None = None
    nothing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Rows as (label, share from 0 to 1 or None, what is written beside it)."""

    name: str
    alt: str
    rows: Sequence[tuple[str, float | None, str]]
    nothing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Rows as (label, lengths in ascending order, each as written); `names`: of the lengths."""

    name: str
    alt: str
    rows: Sequence[tuple[str, Sequence[int], Sequence[str]]]
    names: Sequence[str]
    nothing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """Counts by (weekday from 0, hour); `most`: how the largest is written."""

    name: str
    alt: str
    days: Sequence[str]
    counts: Mapping[tuple[int, int], int]
    most: str
    nothing: str


Chart = Trend | Bars | Spans | Heat


def png(chart: Chart) -> bytes:
    """Raises PermanentError where matplotlib is not installed."""
    height, draw = _plan(chart)
    with _figure(height) as figure:
        draw(figure)
        out = BytesIO()
        figure.savefig(out, format="png", facecolor=_CARD, metadata={"Software": None})
    return out.getvalue()


def _plan(chart: Chart) -> tuple[int, Callable[["Figure"], None]]:
    """How high, in pixels, and what draws it."""
    match chart:
        case Trend() if any(share is not None for share in chart.shares):
            return _TREND, partial(_trend, chart=chart)
        case Bars() if any(share is not None for _, share, _ in chart.rows):
            return 2 * _MARGIN + _ROW * 2 * len(chart.rows), partial(_bars, chart=chart)
        case Spans() if chart.rows:
            return 2 * _MARGIN + 70 + 170 * len(chart.rows), partial(_spans, chart=chart)
        case Heat() if any(chart.counts.values()):
            return _HEAT, partial(_heat, chart=chart)
        case _:
            return 200, partial(_nothing, chart=chart)


@contextmanager
def _figure(height: int) -> Iterator["Figure"]:
    """An empty picture; what a user of the machine set for matplotlib counts for nothing."""
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise PermanentError(f"charts need matplotlib: {error}", NEEDS_EXTRA) from error
    own: dict[Any, Any] = {
        "font.family": "DejaVu Sans",
        "font.size": _POINTS,
        "text.color": _INK,
        "text.parse_math": False,
    }
    ticks: dict[Any, Any] = {
        "xtick.color": _MUTED,
        "ytick.color": _INK,
        "axes.edgecolor": _GRID,
        "xtick.labelsize": _POINTS,
    }
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **own, **ticks, "ytick.labelsize": _POINTS}):
        figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI)
        FigureCanvasAgg(figure)
        yield figure


def _axes(figure: "Figure", left: int, top: int, right: int, bottom: int) -> "Axes":
    """Axes with so many pixels around them, and no frame."""
    height = figure.get_figheight() * _DPI
    box = (left / WIDTH, bottom / height, (WIDTH - left - right) / WIDTH, (height - top - bottom) / height)
    axes = figure.add_axes(box)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return axes


def _nothing(figure: "Figure", chart: Chart) -> None:
    figure.text(0.5, 0.5, chart.nothing, ha="center", va="center", color=_MUTED)


def _trend(figure: "Figure", chart: Trend) -> None:
    known = [(place, share) for place, share in enumerate(chart.shares) if share is not None]
    low = min([share for _, share in known] + ([chart.aim[0]] if chart.aim else []))
    mark = max(0, min(int(low * 20) - 1, 18))  # in steps of 5 %
    floor = mark / 20
    axes = _axes(figure, _MARGIN + 120, _MARGIN + 70, _MARGIN + 40, _MARGIN + 70)
    axes.set_ylim(floor, 1.0)
    axes.set_xlim(-0.4, len(chart.labels) - 0.6)
    axes.set_yticks([floor, 1], [chart.marks[mark], chart.marks[20]], color=_MUTED)
    for share in (floor, 1):
        axes.axhline(share, color=_GRID, linewidth=3, clip_on=False)
    every = -(-len(chart.labels) // _MOST_LABELS)
    places = [place for place in range(len(chart.labels)) if (len(chart.labels) - 1 - place) % every == 0]
    axes.set_xticks(places, [chart.labels[place] for place in places])
    if chart.aim is not None:
        share, name = chart.aim
        axes.axhline(share, color=_ORANGE, linewidth=4, linestyle=(0, (4, 3)))
        figure.text((_MARGIN + 8) / WIDTH, 1 - _MARGIN / _TREND, f"- - {_cut(name, 46)}", va="top", color="#a34700")
    xs = list(range(len(chart.shares)))
    ys = [float("nan") if share is None else share for share in chart.shares]
    axes.plot(xs, ys, color=_BLUE, linewidth=6, marker="o", markersize=14, clip_on=False)
    lowest = min(known, key=lambda one: one[1])[0]
    for place in sorted({known[0][0], known[-1][0], lowest}):
        share = chart.shares[place] or 0.0
        above = place != lowest or len(known) == 1
        axes.annotate(
            chart.texts[place],
            (place, share),
            (0, 16 if above else -16),
            textcoords="offset points",
            ha="left" if place == 0 and len(known) > 1 else "right" if place == len(xs) - 1 and place else "center",
            va="bottom" if above else "top",
            fontweight="bold" if place == known[-1][0] else "normal",
            annotation_clip=False,
        )


def _bars(figure: "Figure", chart: Bars) -> None:
    """The label stands above its bar: beside it there is no room on a phone."""
    axes = _axes(figure, _MARGIN, _MARGIN, _MARGIN, _MARGIN)
    count = len(chart.rows)
    axes.set_xlim(0, 1)
    axes.set_ylim(count, 0)
    axes.set_xticks([])
    axes.set_yticks([])
    for place, (label, share, text) in enumerate(chart.rows):
        axes.text(0, place + 0.30, _cut(label), va="center")
        axes.text(1, place + 0.30, text, va="center", ha="right", fontweight="bold")
        axes.barh(place + 0.72, 1, 0.24, color=_REST)
        axes.barh(place + 0.72, share or 0, 0.24, color=_BLUE)


def _spans(figure: "Figure", chart: Spans) -> None:
    """From the shortest length to the longest as a line, each of them with a shape of its own."""
    shapes = (("o", _BLUE), ("s", _GREEN), ("D", _ORANGE))
    height = figure.get_figheight() * _DPI
    axes = _axes(figure, _MARGIN + 12, _MARGIN + 70, _MARGIN + 12, _MARGIN)
    most = max(max(lengths) for _, lengths, _ in chart.rows) or 1
    axes.set_xlim(0, most)
    axes.set_ylim(len(chart.rows), 0)
    axes.set_xticks([])
    axes.set_yticks([])
    legend = figure.add_axes((0, 1 - (_MARGIN + 40) / height, 1, 40 / height))
    legend.set_axis_off()
    legend.set_xlim(0, 1)
    legend.set_ylim(0, 1)
    for place, ((shape, colour), name) in enumerate(zip(shapes, chart.names, strict=False)):
        legend.plot([0.05 + place / 3], [0.5], shape, color=colour, markersize=18)
        legend.text(0.08 + place / 3, 0.5, name, va="center")
    for place, (label, lengths, texts) in enumerate(chart.rows):
        axes.text(0, place + 0.25, _cut(label, 22), va="center", fontweight="bold")
        axes.text(most, place + 0.25, "  ·  ".join(texts), va="center", ha="right")
        axes.plot([0, most], [place + 0.68] * 2, color=_REST, linewidth=10, solid_capstyle="round", clip_on=False)
        axes.plot([lengths[0], lengths[-1]], [place + 0.68] * 2, color=_MUTED, linewidth=6, clip_on=False)
        for length, (shape, colour) in reversed(list(zip(lengths, shapes, strict=False))):
            axes.plot([length], [place + 0.68], shape, color=colour, markersize=20, clip_on=False, zorder=3)


def _heat(figure: "Figure", chart: Heat) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    most = max(chart.counts.values())
    colours = LinearSegmentedColormap.from_list("hours", ["#eef3fa", "#9cc3e6", _BLUE, "#00284d"])
    axes = _axes(figure, _MARGIN + 110, _MARGIN, _MARGIN + 10, _MARGIN + 110)
    grid = [[chart.counts.get((day, hour), 0) for hour in range(24)] for day in range(7)]
    axes.pcolormesh(range(25), range(8), grid, cmap=colours, vmin=0, vmax=most, edgecolors=_CARD, linewidth=3)
    axes.set_ylim(7, 0)
    axes.set_yticks([day + 0.5 for day in range(7)], chart.days)
    axes.set_xticks([0, 6, 12, 18, 24], ["0", "6", "12", "18", "24"])
    strip = figure.add_axes(((_MARGIN + 110) / WIDTH, (_MARGIN + 8) / _HEAT, 180 / WIDTH, 28 / _HEAT))
    strip.pcolormesh(range(7), [0, 1], [[step / 5 for step in range(6)]], cmap=colours, vmin=0, vmax=1)
    strip.set_axis_off()
    x = (_MARGIN + 110) / WIDTH
    figure.text(x - 12 / WIDTH, (_MARGIN + 20) / _HEAT, "0", ha="right", va="center", color=_MUTED)
    figure.text(x + 195 / WIDTH, (_MARGIN + 20) / _HEAT, chart.most, va="center", color=_MUTED)


def _cut(text: str, most: int = _LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
