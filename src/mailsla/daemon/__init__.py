"""The daemon: threads for each mailbox, for processing, due moments and delivery; signals, reload and the watchdog."""

from mailsla.daemon.daemon import Daemon as Daemon
