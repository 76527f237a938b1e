"""Charts: the same bytes for the same values, light and opaque, drawn whatever the figures are."""

import struct
import subprocess
import sys
import zlib
from dataclasses import replace

import pytest

from mailsla.adapters.charts import TYPE, WIDTH, Bars, Chart, Heat, Spans, Trend, png

MARKS = [f"{share}%" for share in range(0, 101, 5)]
TREND = Trend(
    name="trend", alt="", labels=["Sep", "Oct"], shares=[0.9, 0.95], texts=["90%", "95%"], marks=MARKS, nothing="n/a"
)
CHARTS: dict[str, Chart] = {
    "trend": replace(TREND, aim=(0.9, "Objective")),
    "trend of one point": replace(TREND, labels=["Oct"], shares=[0.0], texts=["0%"]),
    "trend with a gap": replace(TREND, labels=["a", "b", "c"], shares=[1.0, None, 0.2], texts=["", "", ""]),
    "trend of nothing": replace(TREND, shares=[None, None]),
    "bars": Bars(name="b", alt="", rows=[("$x$ <b>" + "long " * 20, 0.5, "50%"), ("none", None, "n/a")], nothing="n/a"),
    "bars of nothing": Bars(name="b", alt="", rows=[("none", None, "n/a")], nothing="n/a"),
    "spans": Spans(name="s", alt="", rows=[("a", [0, 0, 0], ["0"] * 3)], names=["50", "80", "95"], nothing="n/a"),
    "spans of nothing": Spans(name="s", alt="", rows=[], names=[], nothing="n/a"),
    "heat": Heat(name="h", alt="", days=list("MTWTFSS"), counts={(6, 23): 1}, most="1", nothing="n/a"),
    "heat of nothing": Heat(name="h", alt="", days=list("MTWTFSS"), counts={(0, 0): 0}, most="0", nothing="n/a"),
}


def chunks(picture: bytes) -> dict[bytes, bytes]:
    """The chunks of a PNG by name, the data ones joined."""
    found: dict[bytes, bytes] = {}
    at = 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        name = picture[at + 4 : at + 8]
        found[name] = found.get(name, b"") + picture[at + 8 : at + 8 + length]
        at += 12 + length
    return found


@pytest.mark.parametrize("name", CHARTS)
def test_same_values_same_bytes_light_corners_and_no_words_beside_the_picture(name: str) -> None:
    picture = png(CHARTS[name])
    assert picture == png(CHARTS[name])
    parts = chunks(picture)
    width, _, depth, kind = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert width == WIDTH
    assert (depth, kind) == (8, 6)
    assert zlib.decompress(parts[b"IDAT"])[1:5] == b"\xff\xff\xff\xff"  # the first pixel: white, not see-through
    assert parts.keys() <= {b"IHDR", b"IDAT", b"IEND", b"pHYs"}  # neither a date nor a version


def test_another_value_is_another_picture() -> None:
    assert png(TREND) != png(replace(TREND, shares=[0.9, 0.96]))


def test_type_is_read_on_a_phone() -> None:
    assert TYPE >= 24
    assert TYPE * 304 / WIDTH >= 9.5  # pixels where a phone of 360 shows the picture


def test_neither_letters_nor_the_daemon_load_matplotlib() -> None:
    code = "import sys, mailsla.bootstrap;print('matplotlib' in sys.modules, 'mailsla.adapters.charts' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
