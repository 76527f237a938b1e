"""The metrics as Prometheus reads them: over HTTP, from the textfile, and in the alerts that ship."""

import re
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mailsla.adapters.metrics import COUNTERS, Exporter
from mailsla.core.health import Backlog, Database, Measures, Reading
from mailsla.errors import TemporaryError
from tests.shared import ROOT

NOW = 1_780_000_000
MEASURES = Measures(
    at=NOW,
    daemons=1,
    queues={"unprocessed": Backlog(2, NOW - 90), "held": Backlog()},
    mailboxes={"support": Reading(NOW - 5, 300), "sales": Reading(None, 300)},
    database=Database(backed_up=NOW - 600, restored=NOW - 60, unreconciled=["sales"], size=5000, free=9000),
)
TALLY = {("letters", "accepted"): 3, ("mails_accepted", "support"): 2, ("due_moments", ""): 7}


def locked() -> Measures:
    raise TemporaryError("database is locked")


@pytest.fixture
def exporter() -> Iterator[Exporter]:
    made = Exporter(lambda: MEASURES, lambda: TALLY, lambda: {"process": False, "mailbox support": True})
    yield made
    made.close()


def samples(text: bytes) -> dict[str, float]:
    """ "name{label}" -> value."""
    return {
        one.name + "".join(f"{{{value}}}" for value in one.labels.values()): one.value
        for family in text_string_to_metric_families(text.decode())
        for one in family.samples
    }


def test_queues_mailboxes_loops_and_counts_of_work(exporter: Exporter) -> None:
    seen = samples(exporter.text())
    expected = {
        "mailsla_database_up": 1,
        "mailsla_daemons": 1,
        "mailsla_queue_size{unprocessed}": 2,
        "mailsla_queue_oldest_age_seconds{unprocessed}": 90,
        "mailsla_queue_oldest_age_seconds{held}": 0,
        "mailsla_mailbox_last_success_timestamp_seconds{support}": NOW - 5,
        "mailsla_backup_last_success_timestamp_seconds": NOW - 600,
        "mailsla_database_size_bytes": 5000,
        "mailsla_database_free_bytes": 9000,
        "mailsla_mailboxes_unreconciled": 1,
        "mailsla_loop_hanging{process}": 0,
        "mailsla_loop_hanging{mailbox support}": 1,
        "mailsla_letters_total{accepted}": 3,
        "mailsla_letters_total{refused}": 0,
        "mailsla_mails_accepted_total{support}": 2,
        "mailsla_due_moments_total": 7,
        "mailsla_mails_processed_total": 0,
    }
    assert expected.items() <= seen.items()
    assert "mailsla_mailbox_last_success_timestamp_seconds{sales}" not in seen


def test_nothing_but_ours_is_in_the_registry(exporter: Exporter) -> None:
    assert all(name.startswith("mailsla_") for name in samples(exporter.text()))


def test_a_database_that_is_not_there_is_a_value() -> None:
    seen = samples(Exporter(locked, dict, dict).text())
    assert seen["mailsla_database_up"] == 0
    assert not any(name.startswith("mailsla_queue") for name in seen)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_over_http_on_loopback_until_it_is_closed(exporter: Exporter) -> None:
    listen = f"127.0.0.1:{free_port()}"
    for _ in range(2):  # asked for twice, it goes on
        exporter.serve(listen)
    with urlopen(f"http://{listen}/metrics", timeout=10) as answer:
        assert samples(answer.read()) == samples(exporter.text())
    exporter.serve("")
    with pytest.raises(OSError):
        urlopen(f"http://{listen}/metrics", timeout=10)


def test_a_port_that_is_taken_is_said(exporter: Exporter) -> None:
    in_use = pytest.raises(TemporaryError, match=r"metrics\.listen .*: Address already in use")
    with socket.create_server(("127.0.0.1", 0)) as taken, in_use:
        exporter.serve(f"127.0.0.1:{taken.getsockname()[1]}")
    exporter.serve(f"127.0.0.1:{free_port()}")


def test_the_textfile_is_replaced_whole_and_readable_for_node_exporter(exporter: Exporter, tmp_path: Path) -> None:
    path = tmp_path / "mailsla.prom"
    path.write_text("old")
    exporter.write(path)
    assert samples(path.read_bytes()) == samples(exporter.text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(TemporaryError, match=r"metrics\.textfile .*: No such file"):
        exporter.write(tmp_path / "gone" / "mailsla.prom")


def test_the_alerts_name_metrics_that_there_are(exporter: Exporter) -> None:
    alerts = (ROOT / "docs" / "alerts.yml").read_text(encoding="utf-8")
    labelled = {"mailsla_loop_failures_total", "mailsla_mailbox_failures_total"}  # none failed yet
    there = {name.partition("{")[0] for name in samples(exporter.text())} | labelled
    named = set(re.findall(r"\bmailsla_\w+", alerts))
    assert len(named) >= 6
    assert named <= there
    queues = set(re.findall(r'queue=~?"([^"]+)"', alerts))
    assert {one for names in queues for one in names.split("|")} <= {
        "unprocessed",
        "unsent",
        "held",
        "quarantined",
        "in_doubt",
        "failed",
    }


def test_what_is_counted_is_described() -> None:
    """Each name that the daemon counts by stands in COUNTERS, and the other way round."""
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/mailsla/daemon").glob("*.py"))
    assert set(re.findall(r'\.count\("(\w+)"', source)) == set(COUNTERS)
