"""`python -m tests.crash.choking ARGUMENTS`: mailsla, with a reader that can't read a mail with the header of a poison.

A real mail that no attempt can read is a fault of mailsla's, and mended as soon as it is known; what happens then has
to be tried all the same.
"""

from mailsla import bootstrap
from mailsla.adapters.reader import Reader
from mailsla.core.mail.parsed import ParsedMail
from mailsla.errors import Unparseable
from tests.crash.mix import POISON


class Choking(Reader):
    """As the real one, but for poison."""

    def read(self, raw: bytes, attempt: int = 1) -> ParsedMail:
        if raw.startswith(POISON.encode()):
            raise Unparseable("reading the mail is what the tests forbid")
        return super().read(raw, attempt)


def choke() -> None:
    """From here on the services of this process have that reader."""
    bootstrap.Reader = Choking  # type: ignore[misc]


if __name__ == "__main__":
    choke()
    from mailsla.cli import main

    main()
