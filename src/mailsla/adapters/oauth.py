"""The login of an account by OAuth2: access tokens when they are needed, renewed before and after they run out."""

from typing import TYPE_CHECKING

from mailsla.adapters.oauth_file import Kept, TokenFile
from mailsla.core.model import Instant
from mailsla.errors import LoginNeeded
from mailsla.ports.ids import Now

if TYPE_CHECKING:
    from mailsla.adapters.oauth_server import Granted, OAuthServer

_MARGIN = 300  # seconds before its end from which an access token is not used any more
_SOON = 14 * 24 * 3600  # seconds before the end of a login from which the operator is told


class OAuthLogin:
    """Implements ports.logins.Login; may be called from any thread, and by several processes at once.

    `made_for`: what a login must have been made for; another one in the file is not used.
    """

    def __init__(self, account: str, made_for: str, file: TokenFile, server: "OAuthServer", now: Now) -> None:
        self.account = account
        self.server = server
        self.path = file.path
        self._made_for = made_for
        self._file = file
        self._now = now

    def access_token(self, refused: str = "") -> str:
        """An access token that is good for minutes; another than `refused`, which a server did not take.

        Raises LoginNeeded when a person has to log in, TemporaryError when the provider can't be asked now, ConfigError
        when it refuses the application, or the file can't be used.
        """
        kept = self._usable()
        if self._good(kept, refused):
            return kept.access_token
        with self._file.locked():
            last = self._usable()  # another process may have renewed it meanwhile
            if self._good(last, refused):
                return last.access_token
            return self._file.replace(lambda: self._renewed(last)).access_token

    def fresh(self, access_token: str) -> bool:
        """Whether this is still the access token to use; asks nobody."""
        kept = self._file.read()
        return kept is not None and kept.access_token == access_token and self._good(kept, "")

    def keep(self, granted: "Granted") -> None:
        """What a person's login gave, in place of what there was."""
        now = self._now()
        with self._file.locked():
            self._file.replace(lambda: self._as_kept(granted, now, None))

    def kept(self) -> Kept | None:
        """What is kept now, whatever it was made for. Raises ConfigError."""
        return self._file.read()

    def runs_out_soon(self) -> Instant | None:
        kept = self._file.read()
        if kept is None or kept.refresh_until is None or kept.refresh_life is None:
            return None
        left = kept.refresh_until - self._now()
        return kept.refresh_until if left < min(_SOON, kept.refresh_life // 3) else None

    def _usable(self) -> Kept:
        kept = self._file.read()
        if kept is None:
            raise LoginNeeded(self.account, f"nobody logged in so far: there is no {self._file.path}")
        if kept.made_for != self._made_for:
            raise LoginNeeded(
                self.account, f"the login in {self._file.path} was made for other settings of user or oauth"
            )
        return kept

    def _good(self, kept: Kept, refused: str) -> bool:
        return kept.access_token != refused and self._now() < kept.access_until

    def _renewed(self, last: Kept) -> Kept:
        return self._as_kept(self.server.refresh(last.refresh_token), self._now(), last)

    def _as_kept(self, granted: "Granted", now: Instant, last: Kept | None) -> Kept:
        """What is granted now; where a renewal is silent, what `last` has stays."""
        until, life = (last.refresh_until, last.refresh_life) if last else (None, None)
        if granted.refresh_life is not None:
            until, life = now + granted.refresh_life, granted.refresh_life
        return Kept(
            made_for=self._made_for,
            refresh_token=granted.refresh_token or (last.refresh_token if last else ""),
            refresh_until=until,
            refresh_life=life,
            access_token=granted.access_token,
            access_until=now + granted.life - min(_MARGIN, granted.life // 2),
            logged_in_at=last.logged_in_at if last else now,
            renewed_at=now,
        )
