"""Servers for every test, and skips that can be seen: one line for each thing that is absent; in CI a failure."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

import tests.properties  # noqa: F401 - a profile of hypothesis, which pytest's option names
from tests import canaries
from tests.servers import dovecot as dovecots
from tests.servers import postgres as postgreses
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture(scope="session")
def _dovecot() -> Iterator[Dovecot]:
    if not dovecots.available():
        pytest.skip(dovecots.ABSENT)
    server = Dovecot()
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture
def dovecot(_dovecot: Dovecot) -> Dovecot:
    """A running Dovecot that tests share; each takes users of its own. A test may stop it."""
    if not _dovecot.running:
        _dovecot.start()
    return _dovecot


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL that tests share; each makes databases of its own."""
    if not postgreses.available():
        pytest.skip(postgreses.ABSENT)
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """An SMTP server without TLS and login."""
    with SmtpSink() as sink:
        yield sink


# What the workers of pytest-xdist searched; each tells it when it ends.
_SEARCHED = pytest.StashKey[int]()
LETTERS, WHOLE_SUITE = 500, 2500  # so many letters go outside at least when so many tests run


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    theirs = getattr(node, "workeroutput", {}).get("searched", 0)
    node.config.stash[_SEARCHED] = node.config.stash.get(_SEARCHED, 0) + theirs


def _letters(config: pytest.Config) -> int:
    return canaries.searched + config.stash.get(_SEARCHED, 0)


def _absent(config: pytest.Config) -> Counter[str]:
    """What skipped tests said is absent -> how many they are."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    reasons = (report.longrepr[2].removeprefix("Skipped: ") for report in reports if isinstance(report.longrepr, tuple))
    return Counter(reason for reason in reasons if " absent, " in reason)


def _measured(reporter: pytest.TerminalReporter) -> list[str]:
    """What tests measured: record_property("measured", "IDLE: ... 0.8 s")."""
    reports = reporter.stats.get("passed", [])
    return [str(value) for report in reports for name, value in report.user_properties if name == "measured"]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["searched"] = canaries.searched
    few = session.testscollected >= WHOLE_SUITE and _letters(session.config) < LETTERS
    if os.environ.get("CI") == "true" and (few or _absent(session.config)) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    in_ci = ", which fails the run because CI=true" if os.environ.get("CI") == "true" else ""
    if letters := _letters(config):
        terminalreporter.write_line(f"{letters} letters to people outside searched for what is internal")
    for line in _measured(terminalreporter):
        terminalreporter.write_line(line)
    for reason, count in sorted(_absent(config).items()):
        terminalreporter.write_line(f"{count} skipped: {reason}{in_ci}")
