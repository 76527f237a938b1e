"""Thunderbird and mutt: plain text; both quote first, and the answer stands below, the signature behind "-- "."""

import textwrap

from tests.clients.draft import Draft, dated, mail, narrowest, sender, text_part, threaded, unique


def thunderbird(draft: Draft) -> bytes:
    """format=flowed (RFC 3676): lines that go on end with a blank."""
    old = draft.original
    quoted = "".join(f"> {line}".rstrip() + "\n" for line in old.text.splitlines()) if old is not None else ""
    above = f"On {old.at:%d/%m/%Y %H:%M}, {old.name} wrote:\n{quoted}\n" if old is not None else ""
    new = "\n".join(" \n".join(textwrap.wrap(line, 72)) for line in draft.lines)
    headers = [
        ("Message-ID", f"<{unique(8)}-{unique(4)}-{unique(4)}-{unique(12)}@{draft.writer.domain}>"),
        ("Date", dated(draft)),
        ("MIME-Version", "1.0"),
        ("User-Agent", "Mozilla Thunderbird"),
        ("Subject", draft.headed()),
        ("To", draft.to),
        *reversed(list(threaded(draft))),
        ("Content-Language", "en-GB"),
        ("From", sender(draft)),
    ]
    part = text_part("text/plain", above + new + _signature(draft), "UTF-8", "8bit", "; format=flowed")
    return mail(headers, [part], draft, f"------------{unique(24)}")


def mutt(draft: Draft) -> bytes:
    """With the editor below the quote; the attribution is of its default."""
    old = draft.original
    quoted = "".join(f"> {line}".rstrip() + "\n" for line in old.text.splitlines()) if old is not None else ""
    above = f"On {old.at:%a, %b %d, %Y at %I:%M:%S%p +0000}, {old.name} wrote:\n{quoted}\n" if old is not None else ""
    text = above + draft.text + _signature(draft)
    headers = [
        ("Date", dated(draft)),
        ("From", sender(draft)),
        ("To", draft.to),
        ("Subject", draft.headed()),
        ("Message-ID", f"<aSG{unique(14)}@{draft.writer.domain}>"),
        *reversed(list(threaded(draft))),
        ("MIME-Version", "1.0"),
        ("User-Agent", "Mutt/2.2.12 (2023-09-09)"),
    ]
    charset = narrowest(text, "us-ascii", "iso-8859-1")
    part = text_part("text/plain", text, charset, "8bit", "\nContent-Disposition: inline")
    return mail(headers, [part], draft, unique(16))


def _signature(draft: Draft) -> str:
    return "\n\n-- \n" + "\n".join(draft.writer.signature) + "\n" if draft.writer.signature else "\n"
