"""The network to a mailbox breaks at every phase of IMAP: each mail is in one ticket, marked, and answered once.

The conversation is learned from Dovecot first; the points lie in it. `make torture ROWS="proxy cuts IMAP"` has 1,000.
"""

import traceback
from collections.abc import Callable

import pytest

from mailsla.adapters.imap import ImapSource
from mailsla.errors import TemporaryError
from tests.adapters.source_contract import fetched, mailbox_at
from tests.flows.conftest import OpenOffice
from tests.flows.mails import OPERATOR
from tests.flows.office import HOUR
from tests.flows.watched import Box, Watched
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import ImapScript
from tests.servers.proxy import Fault, Proxy
from tests.wires.far_mailbox import DEADLINE, STALLS, FarMailbox
from tests.wires.talk import HOWS, around, spread

pytestmark = pytest.mark.dovecot

READING = {
    *("greeting", "CAPABILITY", "LOGIN", "SELECT", "UID SEARCH", "UID FETCH", "literal", "end of literal"),
    *("IDLE", "DONE", "LOGOUT"),
}
BEFORE_TLS = {"greeting", "CAPABILITY", "STARTTLS", "TLS handshake", "inside TLS"}


@pytest.mark.parametrize(
    ("mark", "security", "count", "phases"),
    [
        ("move", "none", 28, READING | {"LIST", "CREATE", "UID MOVE"}),
        ("keyword", "none", 22, READING | {"UID STORE"}),
        ("keyword", "starttls", 18, BEFORE_TLS),
    ],
    ids=["moved when done", "marked when done", "by STARTTLS"],
)
def test_wherever_it_breaks_nothing_is_lost_or_doubled(
    open_office: OpenOffice,
    dovecot: Dovecot,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
    mark: str,
    security: str,
    count: int,
    phases: set[str],
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate.cert))
    far = FarMailbox(open_office(), dovecot, mark, security)
    learned = far.learn()
    done = {"move": "UID MOVE", "keyword": "UID STORE"}[mark]
    points = spread(learned, count, STALLS)
    points += around(learned, done, STALLS) if security == "none" else []
    for point in points:
        far.strike(point)
    try:
        assert far.faults() == []
        assert {point.phase for point in points} == phases
        assert {point.fault.how for point in far.struck} == set(HOWS)
        assert (
            len(far.struck) >= len(points) - 3
        )  # a conversation may be some bytes shorter than the one that was learned
        assert len(far.errors) <= 3  # few words for all the ways in which one network is bad
    finally:
        far.close()
    record_property("measured", f"IMAP {security}, {mark}: broken at {len(far.struck)} points, nothing lost or doubled")


@pytest.mark.parametrize(
    ("how", "cause", "mend"),
    [
        ("cut", "the connection was cut off", "mailsla tries again by itself"),
        ("reset", "the connection was cut off", "mailsla tries again by itself"),
        ("stall", "no answer within 0.5 s", "check host, port and the firewall"),
    ],
)
def test_the_operator_reads_mailbox_cause_and_mend(
    open_office: OpenOffice, dovecot: Dovecot, how: str, cause: str, mend: str
) -> None:
    """Once, however often it fails; and that it works again."""
    box = Box(open_office(), dovecot)
    box.poll()
    with Proxy(dovecot.port) as proxy:
        box.open(port=proxy.port, timeout_seconds=DEADLINE)
        proxy.plan(Fault(how, 5, behind=b"SEARCH", times=3, seconds=STALLS))  # type: ignore[arg-type]
        Watched(box).run(then=lambda passed: passed < HOUR)
    box.office.work()
    failed, works = (" ".join(f"{one.subject} {one.text}".split()) for one in box.office.letters(OPERATOR))
    assert "mailbox support can't be read" in failed
    assert f"mailbox support: localhost:{proxy.port}: {cause}" in failed
    assert mend in failed
    assert "has caught up" in works
    box.source.close()


def test_words_of_a_mail_whose_line_is_cut_are_not_told() -> None:
    """imaplib repeats in its error what it has of the line."""
    answer = b'* 1 FETCH (UID 1 BODY[] "private words of a mail")\r\nTAG OK done\r\n'
    with ImapScript({"UID FETCH": [answer]}) as server, Proxy(server.port) as proxy:
        source = ImapSource(mailbox_at(proxy.port, "us"), lambda: "secret")
        proxy.cut_inside(b"private words")
        with pytest.raises(TemporaryError, match="the connection was cut off") as caught:
            fetched(source, source.survey().uids)
        assert "private" not in "".join(traceback.format_exception(caught.value))
        source.close()
