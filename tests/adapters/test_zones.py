"""Zones come from the tzdata package, and a name that is wrong is told kindly."""

import importlib.metadata
import zoneinfo

import pytest

from mailsla.adapters.zones import tzdata_version, use_packaged_tzdata, zone
from mailsla.errors import PermanentError


def test_the_packaged_data_is_the_only_source() -> None:
    use_packaged_tzdata()
    assert zoneinfo.TZPATH == ()
    assert zone("Europe/Berlin").key == "Europe/Berlin"


def test_the_release_is_that_of_the_package() -> None:
    year, number = importlib.metadata.version("tzdata").split(".")[:2]
    assert tzdata_version() == year + "abcdefghijklmnopqrstuvwxyz"[int(number) - 1]


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("Europe/Berln", "did you mean Europe/Berlin"),
        ("europe/berlin", "did you mean Europe/Berlin"),
        ("Berlin", "did you mean Europe/Berlin"),
        ("America/new york", "did you mean America/New_York"),
        ("the moon", "use a name of the IANA list"),
        ("", "use a name of the IANA list"),
        ("../../etc/passwd", "use a name of the IANA list"),
        ("Europe", ""),
    ],
)
def test_an_unknown_zone_is_refused_with_what_it_may_have_meant(name: str, mend: str) -> None:
    with pytest.raises(PermanentError, match="there is no time zone") as refused:
        zone(name)
    assert refused.value.mend.startswith(mend)
