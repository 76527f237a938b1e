"""The shared vectors of ../../shared/vectors/sla, line by line, as the product judges them."""

from mailsla.adapters import zones
from mailsla.core.sla.vectors import Verdict, verdict
from tests.shared import shared

FILES = ("dev_oracle", "dev_peers", "dev_render", "tzdata_sensitive")


def load() -> list[Verdict]:
    """The verdicts on all lines of all files that have an answer for the installed release of tzdata."""
    found = [
        verdict(line, zones.zone, zones.tzdata_version())
        for name in FILES
        for line in shared(f"vectors/sla/{name}.jsonl").read_text().splitlines()
    ]
    return [one for one in found if one.applies]
