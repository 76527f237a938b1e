"""The door to logins that end one day, so that the operator hears of it before."""

from typing import Protocol

from mailsla.core.model import Instant


class Login(Protocol):
    """A login by OAuth2."""

    @property
    def account(self) -> str:
        """As `mailsla oauth login` takes it: the name of a mailbox, or "sending"."""

    def runs_out_soon(self) -> Instant | None:
        """When it ends, once two weeks or a third of its life are left; None before, and where the provider does not
        say. Raises ConfigError when its file can't be used."""
