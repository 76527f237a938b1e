"""The letters of the gallery: one of each kind and the cases that go wrong most easily, in all their languages."""

from base64 import b64encode
from dataclasses import dataclass, replace

from tests.adapters.letters.reading import LETTERS, part, read
from tests.adapters.letters.samples import ALL

from mailsla.adapters.letters_samples import ENVELOPE
from mailsla.core.letters import Reader
from mailsla.core.letters_customer import TO_CUSTOMERS


@dataclass(frozen=True, slots=True)
class Letter:
    """`case`: which sample; `customer`: whether it goes to one."""

    case: str
    language: str
    customer: bool
    raw: bytes

    @property
    def name(self) -> str:
        """Of its files."""
        return f"{self.case}.{self.language}"

    @property
    def subject(self) -> str:
        """As its reader sees it."""
        return str(read(self.raw)["Subject"])

    @property
    def text(self) -> str:
        """The text part."""
        return part(read(self.raw), "plain")

    @property
    def html(self) -> str:
        """The HTML part, with its pictures in it."""
        html, mail = part(read(self.raw), "html"), read(self.raw)
        for picture in mail.walk():
            if number := str(picture["Content-ID"] or "").strip("<>"):
                data = b64encode(picture.get_content()).decode()
                html = html.replace(f"cid:{number}", f"data:{picture.get_content_type()};base64,{data}")
        return html


def all_letters() -> list[Letter]:
    """Customers' in all eight languages, the others in English and German."""
    found = []
    for case, content in ALL.items():
        customer = content.kind in TO_CUSTOMERS
        for language in LETTERS.languages(inside=not customer):
            reader = Reader(language=language, zone="Europe/Berlin")
            charts = tuple(LETTERS.pictures(content, reader, ENVELOPE.date))
            raw = LETTERS.render(content, replace(ENVELOPE, enclosures=charts), reader)
            found.append(Letter(case, language, customer, raw))
    return found
