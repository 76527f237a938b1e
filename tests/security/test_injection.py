"""Text that becomes something else: header fields, IMAP commands, templates, paths, pages that phone home."""

import re

import pytest

from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import MINUTE, Office
from tests.security.letters import PROVEN, out, parts, raw, wrong_letters

NEWLINES = ("=0D=0A", "=0A", "=0D", "=E2=80=A8", "=C2=85", "=0B", "=0C", "=00=0D=0A", "=0D=0A=0D=0A")


@pytest.mark.parametrize("newline", NEWLINES)
def test_an_encoded_newline_makes_no_header_field(office: Office, newline: str) -> None:
    """Header injection by encoded words, names, ids and file names: CVE-2024-6923 (Python's email package)."""
    evil = f"=?utf-8?q?Hi{newline}Bcc=3A_eve=40evil.example{newline}X-Injected=3A_1?="
    office.receive(raw(
        PROVEN, f"From: {evil} <ana@mail.example>", "To: support@acme.example", f"Subject: {evil}",
        "References: <a@b> <c\rX-Injected:@d> <e\u2028f@g>", "In-Reply-To: <x\ry@z>",
        f"Reply-To: {evil} <ana@mail.example>",
        "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b",
        text=f"--b\r\n\r\nLate.\r\n--b\r\nContent-Type: application/pdf\r\nContent-ID: <a{newline}b>\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''a{newline.replace('=', '%')}X-Injected:%201.pdf\r\n"
        "\r\nx\r\n--b--\r\n",
    ))  # fmt: skip
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "Hello."))
    assert {"acknowledgement", "relay"} <= {*office.kinds(address(ANA))}
    assert not wrong_letters(office)
    assert not out(office, "eve@evil.example")


SUM = 1_787_569  # 1337 * 1337
TEMPLATES = (
    "{{1337*1337}}",
    "{%print(1337*1337)%}",
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    "#{1337*1337}",
    "${1337*1337}",
)


@pytest.mark.parametrize("evil", TEMPLATES)
def test_template_source_in_a_mail_stays_text(open_office: OpenOffice, tmp_path: object, evil: str) -> None:
    """Server-side template injection by profile fields that letters print: Uber, HackerOne 125980 (Tsai, 2016)."""
    office = open_office()
    files = {f"{evil}.pdf": b"x"}
    office.receive(write(f'"{evil}" <ana@mail.example>', f"{evil}\n", evil, files=files))
    told = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, told, f"#note {evil}"))
    office.receive(answer(SAM, told, f"{evil}\n"))
    office.wait(30 * MINUTE)
    everything = "\n".join(one.everything for one in office.letters())
    assert str(SUM) not in everything.replace(",", "") and "<class" not in everything and "_io." not in everything
    assert evil.lower() in told.everything  # as text, for the agent to see
    assert "operator_alert" not in office.kinds("operator@acme.example")  # nor did any letter fail to be made


def test_a_saved_reply_prints_a_name_as_text(open_office: OpenOffice, tmp_path: object) -> None:
    """The same through the values of a saved reply."""
    folder = tmp_path / "replies"  # type: ignore[operator]  # a Path
    folder.mkdir()
    (folder / "refund.en.txt").write_text("{{ greeting }}\n{{ name }} / {{ reference }}: it is on its way.\n", "utf-8")
    office = open_office(("[triage]", '[letters]\nreplies = "replies"\n\n[triage]'))
    office.receive(write('"{{1337*1337}}" <ana@mail.example>'))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#template refund"))
    assert "on its way" in office.letter(address(ANA), "relay").text
    assert str(SUM) not in office.letter(address(ANA), "relay").everything


PATHS = (
    "../../../../etc/cron.d/x", "..\\..\\windows\\system32\\x.dll", "/etc/passwd", "C:\\x.exe", "x.pdf%00.exe", "CON",
    "nul.txt",
    "a" * 5000 + ".pdf", "\u202efdp.exe", ".htaccess", "~/.ssh/authorized_keys", "|touch x", "$(touch x)", "`touch x`",
    "-rf", "file:///x",
)  # fmt: skip


def test_the_name_of_an_attachment_is_no_path(office: Office, tmp_path: object) -> None:
    """Path traversal by file names (CWE-22), executables behind a turned text (CVE-2021-42574): nothing of a mail is
    ever written to a file, and what goes along has a harmless name."""
    before = {*tmp_path.rglob("*")}  # type: ignore[attr-defined]  # a Path
    for name in PATHS:
        office.receive(write(ANA, "Late.", f"Parcel {len(name)}", files={name: b"content"}))
    assert {*tmp_path.rglob("*")} - before <= {*tmp_path.glob("mailsla.db*")}  # type: ignore[attr-defined]
    told = office.letters(kind="agent_notification")  # the team takes turns
    assert len(told) == len(PATHS)
    for letter in told:
        (shown,) = letter.files
        assert len(shown) <= 100 and not re.search(r'[/\\\x00-\x1f\u202a-\u202e"]', shown) and shown[0] != "."
    assert not wrong_letters(office)


PAGE = """<html><head><style>@import url(http://evil.example/c.css); p{background:url(//evil.example/x)}</style>
<link rel=stylesheet href=http://evil.example/l.css><base href=http://evil.example/>
<meta http-equiv=refresh content=0></head>
<body background=http://evil.example/b><p style="background:url(http://evil.example/s)" onclick=evil()>Late</p>
<img src=http://evil.example/pixel srcset=//evil.example/p2><iframe src=http://evil.example></iframe>
<svg onload=evil()></svg>
<form action=http://evil.example><input name=a></form><script>evil()</script><a href="javascript:evil()">x</a>
<object data=http://evil.example></object><video poster=http://evil.example/v></video></body></html>"""


def test_a_customers_page_phones_home_from_no_letter(office: Office) -> None:
    """Web bugs, CSS exfiltration and scripts in the mail that a helpdesk shows to its agents."""
    office.receive(raw(PROVEN, f"From: {ANA}", "To: support@acme.example", "Subject: <img src=http://evil.example/s>",
                       "MIME-Version: 1.0", "Content-Type: text/html", text=PAGE))  # fmt: skip
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "Hello."))
    assert out(office)
    for letter in out(office):
        for page in parts(letter, "text/html"):
            for tag in re.findall(r"<[a-zA-Z/!][^>]*>", page):
                assert "evil" not in tag, tag
                assert not re.match(
                    r"<(?:script|iframe|object|form|link|base|svg|img src=.?http)", tag, re.IGNORECASE
                ), tag


def test_marks_that_turn_the_text_are_in_no_header_and_no_name(office: Office) -> None:
    """Trojan Source (CVE-2021-42574): an order of characters that shows another text than it says."""
    office.receive(
        write(
            '"\u202egro.knab\u2066" <ana@mail.example>',
            "Hello",
            "\u202etxet\u2069 denrut",
            files={"a\u202efdp.exe": b"x"},
        )
    )
    for letter in office.letters():
        shown = [letter.subject, letter.header("From"), letter.header("To"), letter.plain, *letter.files]
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", "\n".join(shown))
