"""A mailbox, or what belongs to it, failed: how long it rests, and who hears of it."""

from collections.abc import Callable

import structlog

from mailsla.core.model import Scalar
from mailsla.core.retry import account_pause
from mailsla.daemon.common import Common
from mailsla.errors import LoginNeeded, MailslaError, TemporaryError, machine_failed

log = structlog.get_logger()

FIRST_REST = 5  # seconds, doubled by failure, where trying again may work


def thread_of(mailbox: str) -> str:
    """The thread of the operator's letters on a mailbox, or on what belongs to it."""
    return f"mailbox {mailbox}"


def let_go(close: Callable[[], None], name: str) -> None:
    """Close a connection. One that can't be closed ends no loop, and hides nothing that failed before."""
    try:
        close()
    except Exception:
        log.exception("connection not closed", name=name)


def rest(common: Common, mailbox: str, error: Exception, failures: int) -> float:
    """Seconds until it may be tried again, after so many failures in a row; the operator hears of the first."""
    error = machine_failed(error) or error
    pause = account_pause(failures) if not isinstance(error, TemporaryError) else min(FIRST_REST * 2**failures, 300)
    common.count("mailbox_failures", mailbox)
    mend = ""
    if isinstance(error, MailslaError):
        mend = " ".join(error.mend.split())
        log.error("mailbox rests", mailbox=mailbox, cause=error.message, mend=mend, again_in=pause)
    else:
        log.exception("mailbox rests", mailbox=mailbox, again_in=pause, exc_info=error)
    if failures == 1:
        cause = error.message if isinstance(error, MailslaError) else type(error).__name__
        values: dict[str, Scalar] = {"mailbox": mailbox, "cause": cause, "mend": mend}
        command = error.command if isinstance(error, LoginNeeded) else "mailsla check"
        common.alarm("mailbox_failed", values, command, thread=thread_of(mailbox))
    return pause
