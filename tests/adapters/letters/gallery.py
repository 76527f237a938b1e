"""Write every sample letter as .eml, .html and .txt, to look at: `python -m tests.adapters.letters.gallery OUTDIR`."""

import sys
from pathlib import Path

from mailsla.adapters.letters_samples import ENVELOPE
from mailsla.core.letters import Reader
from mailsla.core.letters_customer import TO_CUSTOMERS
from tests.adapters.letters.reading import LETTERS, part, read
from tests.adapters.letters.samples import ALL


def main(folder: Path) -> None:
    """All samples, each in all languages that it is written in."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in ALL.items():
        for language in LETTERS.languages(inside=content.kind not in TO_CUSTOMERS):
            raw = LETTERS.render(content, ENVELOPE, Reader(language=language, zone="Europe/Berlin"))
            path = folder / f"{name}.{language}.eml"
            path.write_bytes(raw)
            path.with_suffix(".html").write_text(part(read(raw), "html"), encoding="utf-8")
            path.with_suffix(".txt").write_text(part(read(raw), "plain"), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
