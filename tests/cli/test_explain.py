"""`mailsla explain`: every decision on a mail with its reason; nothing is touched, and no mail is too odd for it."""

import sqlite3
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.cli.broken import SUSPICIOUS
from tests.cli.command import run
from tests.flows.mails import ANA, COMPLAINT, KIM, MARIA, RIO, address, answer, away, write
from tests.flows.office import Office
from tests.shared import shared

CHUNKS = 8
AUTH = b"Authentication-Results: mx.acme.example; dmarc=pass header.from=%s\r\n"


def explained(folder: Path, raw: bytes, *options: str) -> str:
    """What is said about one mail, its line ends taken away."""
    (folder / "mail.eml").write_bytes(raw)
    said = run("explain", "mail.eml", *options)
    assert said.code == 0, said.err
    for line in said.out.splitlines():
        assert len(line) <= 80, line
    return said.words


def proven(mail: EmailMessage) -> bytes:
    """As our server hands it over: it says that the sender is who From says."""
    raw = mail.as_bytes()
    domain = raw.partition(b"From: ")[2].split(b"\n")[0].rpartition(b"@")[2].strip(b"> \r")
    return AUTH % domain + raw


def dump(folder: Path) -> list[str]:
    """Every row of the database."""
    with sqlite3.connect(folder / "mailsla.db") as database:
        return list(database.iterdump())


def test_a_new_complaint(office: Office, tmp_path: Path) -> None:
    said = explained(tmp_path, proven(write(ANA)))
    for part in (
        "from Ana Vogel <ana@mail.example>",
        "kind customer: ",
        "sender pass: DMARC passed for mail.example",
        "receipt now, it is assumed: ",
        "thread names no ticket",
        "rule a new complaint",
        "ticket opens one for ana@mail.example; with ",
        "category delivery",
        "priority normal",
        "first response due ",
        "writes acknowledgement to the customer ana@mail.example the new complaint to agent ",
    ):
        assert part in said


def test_a_customers_answer(office: Office, tmp_path: Path) -> None:
    office.receive(write(ANA))
    letter = office.letter(address(ANA), "acknowledgement")
    said = explained(tmp_path, proven(answer(ANA, letter, "And one more thing.")))
    assert "thread ACME-1001, by " in said
    assert "ticket adds the customer's mail to ACME-1001" in said
    assert "writes what came in to agent " in said
    assert "4 new words" in said
    assert "raised" not in said
    said = explained(tmp_path, proven(answer(ANA, letter, "My lawyer has been told.")))
    assert "priority raised to high" in said
    assert "lawyer" in said
    assert office.ticket().priority == "normal"


def test_an_agents_answer_and_a_stranger_with_their_address(office: Office, tmp_path: Path) -> None:
    office.receive(write(ANA))
    agent = office.services.settings.directory.agents[office.ticket().assignee or ""]
    letter = office.letter(agent.email, "agent_notification")
    said = explained(tmp_path, proven(answer(agent.email, letter, "#resolve\nIt is at your door.")))
    assert "rule agent token: " in said
    assert "ticket acts in the agent's name on ACME-1001" in said
    assert "the agent's answer to the customer ana@mail.example" in said
    stranger = explained(tmp_path, proven(answer(RIO, letter, "#resolve")))
    assert "rule agent token, another From: " in stranger
    assert "ticket waits for a person" in stranger
    assert "writes alert to the operator " in stranger


def test_what_is_not_written_says_why(office: Office, tmp_path: Path) -> None:
    robot = write(ANA, headers={"Auto-Submitted": "auto-generated", "Precedence": "bulk"})
    said = explained(tmp_path, proven(robot))
    assert "does not acknowledgement to the customer ana@mail.example: no automatic answer: " in said


def test_the_budget_is_looked_at_too(office: Office, tmp_path: Path) -> None:
    for number in range(office.services.settings.limits.acknowledgements_per_recipient_day):
        office.receive(write(ANA, subject=f"Complaint {number}", text=f"My parcel {number} has not arrived."))
    said = explained(tmp_path, proven(write(ANA, subject="One more", text="Another parcel is late.")))
    assert "does not acknowledgement to the customer ana@mail.example: not sent: " in said


def test_what_is_inside_a_forward_is_told(office: Office, tmp_path: Path) -> None:
    inner = write(RIO, COMPLAINT, "My parcel")
    inner.add_attachment(b"PDF", maintype="application", subtype="pdf", filename="bill.pdf")
    mail = write(ANA, "See below.", "Fwd: my trouble")
    mail.add_attachment(inner)
    told = explained(tmp_path, bytes(mail))
    assert "forwards My parcel, with bill.pdf (3 bytes)" in told
    assert "category delivery" in told


def test_an_out_of_office_is_only_noted(office: Office, tmp_path: Path) -> None:
    office.receive(write(ANA))
    said = explained(tmp_path, proven(away(ANA, office.letter(address(ANA), "acknowledgement"))))
    assert "ticket is noted on ACME-1001" in said
    assert "writes to nobody" in said


def test_an_out_of_office_is_not_said_to_resolve_what_was_resolved_before(office: Office, tmp_path: Path) -> None:
    office.receive(write(ANA))
    run("ticket", "resolve", "1001")
    office.work()
    said = explained(tmp_path, proven(away(ANA, office.letter(address(ANA), "acknowledgement"))))
    assert "is noted on ACME-1001, which is resolved" in said


def test_a_mail_that_is_here_already_says_so(office: Office, tmp_path: Path) -> None:
    raw = proven(write(ANA))
    intake = office.receive(raw)
    said = explained(tmp_path, raw)
    assert f"known here already, as M{intake.id}, of ACME-1001: it would change nothing" in said


def test_the_mailbox_is_the_one_that_it_is_addressed_to(office: Office, tmp_path: Path) -> None:
    mail = proven(write(ANA, to="Sales <sales@acme.example>"))
    assert "mailbox sales <sales@acme.example>" in explained(tmp_path, mail)
    assert "mailbox support <support@acme.example>" in explained(tmp_path, mail, "--mailbox", "support")


def test_a_suspicious_mail_is_read_in_a_child(nowhere: Path) -> None:
    assert "read in a limited child process: " in explained(nowhere, bytes(write(ANA, headers=SUSPICIOUS)))


@pytest.mark.parametrize(
    "raw", [b"", b"\x00", b"no header at all", b"From: a@b@c, d\r\n\r\n", b"\xff\xfe" * 100, b"From \r\n\r\n\r\n"]
)
def test_what_is_no_mail_is_explained_too(nowhere: Path, raw: bytes) -> None:
    said = explained(nowhere, raw)
    assert "from nobody in particular" in said
    assert "writes " in said


def each_kind(office: Office) -> list[bytes]:
    office.receive(write(ANA))
    letter = office.letter(address(ANA), "acknowledgement")
    agent = office.services.settings.directory.agents[office.ticket().assignee or ""]
    theirs = office.letter(agent.email, "agent_notification")
    return [
        bytes(write(RIO)),
        proven(answer(ANA, letter, "More.")),
        proven(answer(agent.email, theirs, "#note\nfor us")),
        proven(answer(agent.email, theirs, "#assign kim\n#priority urgent")),
        bytes(answer(agent.email, theirs, "not proven")),
        proven(answer(RIO, theirs, "not mine")),
        proven(write(KIM, to=address(RIO), cc="support@acme.example")),
        proven(write(MARIA, text="a comment", subject="[ACME-1001]")),
        bytes(away(ANA, letter)),
    ]


def test_it_touches_nothing(office: Office, tmp_path: Path) -> None:
    mails = each_kind(office)
    for number, raw in enumerate(mails):
        (tmp_path / f"{number}.eml").write_bytes(raw)
    rows, files = dump(tmp_path), sorted(path.name for path in tmp_path.iterdir() if "db-" not in path.name)
    said = run("explain", *(f"{number}.eml" for number in range(len(mails))))
    assert said.code == 0, said.err
    assert said.out.count("\n  kind ") == len(mails)
    assert dump(tmp_path) == rows
    assert sorted(path.name for path in tmp_path.iterdir() if "db-" not in path.name) == files


def test_a_policy_that_the_daemon_does_not_know_yet_is_not_registered(office: Office, tmp_path: Path) -> None:
    office.close()
    config = tmp_path / "mailsla.toml"
    changed = config.read_text(encoding="utf-8").replace('first_response = "', 'first_response = "1')
    config.write_text(changed, encoding="utf-8")
    before, rows = (tmp_path / "mailsla.db").read_bytes(), dump(tmp_path)
    assert "first response due " in explained(tmp_path, proven(write(ANA)))
    assert dump(tmp_path) == rows
    assert (tmp_path / "mailsla.db").read_bytes() == before


def test_without_a_configuration_it_goes_by_the_preset(nowhere: Path) -> None:
    (nowhere / "mail.eml").write_bytes(bytes(write(ANA)))
    said = run("explain", "mail.eml")
    assert said.code == 0
    assert 'the preset "standard" and an empty database are taken' in said.err
    assert "opens one for ana@mail.example" in said.out
    assert [path.name for path in nowhere.iterdir()] == ["mail.eml"]


def test_each_mail_is_explained_as_if_it_were_the_only_one(nowhere: Path) -> None:
    """On an empty database the policy that comes first gets the first number, whichever it is."""
    (nowhere / "calm.eml").write_bytes(bytes(write(ANA)))
    urgent = "The heater has caught fire, my daughter is injured, I am calling my lawyer."
    (nowhere / "fire.eml").write_bytes(bytes(write(RIO, text=urgent, subject="Fire")))
    said = run("explain", "calm.eml", "fire.eml", "calm.eml").out
    policies = [line.split()[1] for line in said.splitlines() if line.startswith("  policy ")]
    assert policies == ["standard", "urgent", "standard"]


def test_without_a_database_it_goes_by_an_empty_one_and_makes_none(office: Office, tmp_path: Path) -> None:
    office.close()
    for path in tmp_path.glob("mailsla.db*"):
        path.unlink()
    (tmp_path / "mail.eml").write_bytes(bytes(write(ANA)))
    said = run("explain", "mail.eml")
    assert said.code == 0
    assert "There is no database yet: an empty one is taken." in said.err
    assert not (tmp_path / "mailsla.db").exists()


def test_a_file_that_can_not_be_read_is_said_and_the_others_are_explained(nowhere: Path) -> None:
    (nowhere / "mail.eml").write_bytes(bytes(write(ANA)))
    (nowhere / "folder").mkdir()
    said = run("explain", "absent.eml", "folder", "mail.eml")
    assert said.code == 1
    assert "mailsla: absent.eml: can't be read: No such file or directory" in said.err
    assert "mailsla: folder: can't be read: Is a directory" in said.err
    assert "opens one for ana@mail.example" in said.out


def test_a_mail_from_standard_input(nowhere: Path) -> None:
    said = run("explain", "-", stdin=bytes(write(ANA)))
    assert said.code == 0
    assert "opens one for ana@mail.example" in said.out


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_mail_of_the_corpora_is_too_odd(nowhere: Path, chunk: int) -> None:
    files = sorted(str(path) for path in shared("corpora/raw").rglob("*") if path.is_file())[chunk::CHUNKS]
    assert len(files) > 800 // CHUNKS
    said = run("explain", *files)
    assert said.code == 0, said.err
    named = [line for line in said.out.splitlines() if line.startswith("/")]
    assert {name.partition("#")[0] for name in named} == set(files)
    assert said.out.count("\n  mailbox ") + said.out.count("a stub with running clocks") == len(named)
    assert "\x1b" not in said.out


def test_what_is_no_complaint_says_why_and_that_nothing_is_owed(office: Office, tmp_path: Path) -> None:
    rule = '[[rules]]\nname = "offers"\nwhen = { words = "pallets" }\nthen = { scope = "%s" }\n\n[categories.billing]'
    office.restart([("[categories.billing]", rule % "spam")])
    said = explained(tmp_path, proven(write(ANA, "Cheap pallets for you.")))
    assert "spam, by rule “offers”" in said
    assert "void" in said
    assert "acknowledgement" not in said
    burned = explained(tmp_path, proven(write(ANA, "Your pallets caught fire and burned my hand.")))
    assert "spam, were its priority not at least URGENT: a person decides" in burned
    assert "acknowledgement" in burned
