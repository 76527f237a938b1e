"""Metrics for Prometheus: a registry of our own, as a textfile for node_exporter and over HTTP on loopback."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mailsla.config.formats import host_and_port
from mailsla.core.health import Measures
from mailsla.errors import TemporaryError
from mailsla.ports.mail import Sent

# What the daemon counts -> its label ("" for none), what it is, and the values that are there from the start.
COUNTERS: Mapping[str, tuple[str, str, Iterable[str]]] = {
    "mails_accepted": ("mailbox", "Mails that were made durable.", ()),
    "mails_processed": ("", "Attempts to process a mail.", ("",)),
    "due_moments": ("", "Due moments that were dealt with.", ("",)),
    "letters": ("outcome", "Attempts to send a letter, by how they ended.", [sent.value for sent in Sent]),
    "loop_failures": ("loop", "Turns of a loop that failed.", ()),
    "mailbox_failures": ("mailbox", "Times that a mailbox could not be read.", ()),
    "reloads": ("result", "Reloads of the configuration.", ("done", "refused")),
}

Tally = Callable[[], Mapping[tuple[str, str], int]]  # (counter, value of its label) -> count
Measure = Callable[[], Measures]
Loops = Callable[[], Mapping[str, bool]]  # loop -> whether it hangs


class Exporter:
    """Reads all values anew each time that it is asked."""

    def __init__(self, measure: Measure, tally: Tally, loops: Loops) -> None:
        """`measure` may raise TemporaryError: then the metrics say that the database is not there."""
        self._registry = CollectorRegistry()
        self._registry.register(_Ours(measure, tally, loops))
        self._listen = ""
        self._server: tuple[WSGIServer, Thread] | None = None

    def text(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)

    def write(self, path: Path) -> None:
        """Replace the file, readable for all: node_exporter is another user. Raises TemporaryError."""
        new = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            new.write_bytes(self.text())
            new.chmod(0o644)
            new.replace(path)
        except OSError as error:
            cause = f"metrics.textfile {path}: {error.strerror}"
            raise TemporaryError(cause, "make its folder, writable for the user that mailsla runs as") from error

    def serve(self, listen: str) -> None:
        """Answer at this address from now on, "" for none; that it answers there already is fine."""
        if listen == self._listen:
            return
        self.close()
        if not listen:
            return
        host, port = host_and_port(listen)
        try:
            self._server = start_http_server(port, host, self._registry)
        except OSError as error:
            cause = f"metrics.listen {listen}: {error.strerror}"
            raise TemporaryError(cause, "choose another port, or end what listens there") from error
        self._listen = listen

    def close(self) -> None:
        """Answer no more."""
        self._listen = ""
        if self._server is not None:
            server, thread = self._server
            server.shutdown()
            server.server_close()
            thread.join()
            self._server = None


class _Ours(Collector):
    def __init__(self, measure: Measure, tally: Tally, loops: Loops) -> None:
        self._measure, self._tally, self._loops = measure, tally, loops

    def collect(self) -> Iterator[Metric]:
        try:
            measures = self._measure()
        except TemporaryError:  # the metric says so, and the daemon's loops log the cause
            yield _gauge("database_up", "Whether the database can be reached.", "", {"": 0})
        else:
            yield _gauge("database_up", "Whether the database can be reached.", "", {"": 1})
            yield from _measured(measures)
        hanging = {name: int(hangs) for name, hangs in self._loops().items()}
        yield _gauge("loop_hanging", "Whether a loop of the daemon gives no sign of life.", "loop", hanging)
        yield from self._counted()

    def _counted(self) -> Iterator[Metric]:
        tally = self._tally()
        for name, (label, what, known) in COUNTERS.items():
            values = dict.fromkeys(known, 0) | {value: count for (key, value), count in tally.items() if key == name}
            family = CounterMetricFamily(f"mailsla_{name}", what, labels=[label] if label else [])
            for value, count in sorted(values.items()):
                family.add_metric([value] if label else [], count)
            yield family


def _measured(measures: Measures) -> Iterator[Metric]:
    queues = measures.queues
    counts = {name: queue.count for name, queue in queues.items()}
    ages = {name: 0 if queue.oldest is None else max(0, measures.at - queue.oldest) for name, queue in queues.items()}
    read = {name: one.last_success for name, one in measures.mailboxes.items() if one.last_success is not None}
    yield _gauge("daemons", "Daemons that live on this database.", "", {"": measures.daemons})
    yield _gauge("queue_size", "What waits in a queue.", "queue", counts)
    yield _gauge("queue_oldest_age_seconds", "How long the oldest of a queue has waited; 0: none.", "queue", ages)
    what = "When a mailbox was last compared with what is held."
    yield _gauge("mailbox_last_success_timestamp_seconds", what, "mailbox", read)
    database = measures.database
    made = {} if database.backed_up is None else {"": database.backed_up}
    yield _gauge("backup_last_success_timestamp_seconds", "When the last verified backup was made.", "", made)
    size = {} if database.size is None else {"": database.size}
    yield _gauge("database_size_bytes", "The size of SQLite's file with its log.", "", size)
    free = {} if database.free is None else {"": database.free}
    yield _gauge("database_free_bytes", "What is free on the disk that SQLite's file lies on.", "", free)
    left = {"": len(database.unreconciled)}
    yield _gauge("mailboxes_unreconciled", "Mailboxes to reconcile since the database was restored.", "", left)


def _gauge(name: str, what: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(f"mailsla_{name}", what, labels=[label] if label else [])
    for value, number in values.items():
        family.add_metric([value] if label else [], number)
    return family
