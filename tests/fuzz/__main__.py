"""python -m tests.fuzz: each target in turn for some minutes; a failure is shrunk, kept and told (exit code 1)."""

import hashlib
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import click
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, bounded

HOSTILE = Path(__file__).resolve().parent.parent / "corpus" / "hostile"
_WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
_EXAMPLES = 500


def _inputs(name: str) -> st.SearchStrategy[bytes]:
    """The words of the format in any order, some of them very often, with any bytes between."""
    words = st.sampled_from([word.encode() for word in _WORDS[name]])
    often = st.builds(lambda word, times: word * times, words, st.sampled_from([2, 30, 400]))
    piece = st.one_of(words, words, words, words, st.binary(max_size=4), st.text(max_size=4).map(str.encode), often)
    return st.lists(piece, max_size=60).map(b"".join)


def _failure(name: str, target: Callable[[bytes], object]) -> tuple[bytes, str] | None:
    """The smallest input found that the target fails on, and how."""
    last = [b""]

    @settings(
        max_examples=_EXAMPLES,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(_inputs(name))
    def run(data: bytes) -> None:
        last[0] = data
        with bounded():
            target(data)

    try:
        run()
    except Exception as error:  # noqa: BLE001 - any failure of the target is what is looked for
        return last[0], f"{type(error).__name__}: {error}"
    return None


@click.command()
@click.option("--minutes", default=3.0, show_default=True)
def main(minutes: float) -> None:
    """Fuzz, keep what fails."""
    end = time.monotonic() + 60 * minutes
    found, runs = 0, 0
    while time.monotonic() < end:
        for name, target in TARGETS.items():
            runs += _EXAMPLES
            if failure := _failure(name, target):
                data, how = failure
                path = HOSTILE / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
                path.write_bytes(data)
                click.echo(f"{path.name}: {how}", err=True)
                found += 1
    click.echo(f"{runs} inputs, {found} failures" + (f", kept in {HOSTILE}" if found else ""))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
