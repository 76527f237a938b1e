"""`mailsla queue`: what waits for a person is listed with the command that helps it on, and the command does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailsla.cli.opened import user
from mailsla.core.model import Intake, IntakeState, Letter, LetterState, Status
from mailsla.ports.mail import Outcome, Sent
from tests.cli.broken import held, quarantined
from tests.cli.command import run
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import HOUR, Office

REFUSED = Outcome(Sent.REFUSED, "550 5.1.1 no such user")
UNKNOWN = Outcome(Sent.UNKNOWN, "no answer to the letter within 600 s")
LATER = Outcome(Sent.LATER, "451 greylisted")
BEA = "Bea Lang <bea@mail.example>"
OWN_TEMPLATES = ("[instance]", '[letters]\ntemplates = "own"\n\n[instance]')


def acknowledgement(office: Office, *outcomes: Outcome) -> Letter:
    """The letter, after the tries to send it ended so."""
    office.postbox.answers(address(ANA), *outcomes)
    office.receive(write(ANA))
    return stored(office)


def stored(office: Office) -> Letter:
    with office.services.store.begin() as uow:
        return next(one for one in uow.outbox.letters(limit=100) if one.kind == "acknowledgement")


def test_nothing_waits(office: Office) -> None:
    assert "Nothing is here" in run("queue", "list").out
    assert run("queue", "list", "--json").json == []


@pytest.mark.parametrize(
    ("make", "kind", "why", "command"),
    [
        (held, "mail held", "an agent's reply address, used by another sender", "mailsla queue release M{}"),
        (quarantined, "mail in quarantine", "reading the mail took over 0 s", "mailsla queue retry M{}"),
    ],
)
def test_a_mail_that_waits_is_listed_with_its_reason_and_the_next_command(
    office: Office, make: Callable[[Office], Intake], kind: str, why: str, command: str
) -> None:
    intake = make(office)
    (row,) = run("queue", "list", "--json").json
    assert row["number"] == f"M{intake.id}"
    assert row["since"].endswith("Z")
    assert (row["kind"], row["why"], row["next"]) == (kind, why, command.format(intake.id))
    said = run("queue", "list").out
    assert all(row[column] in said for column in ("number", "kind", "about", "why", "next"))


@pytest.mark.parametrize(
    ("outcomes", "state", "command"),
    [
        ([REFUSED], "failed", "mailsla queue retry L{}"),
        ([UNKNOWN, UNKNOWN], "held", "mailsla queue release L{}"),
        ([LATER], "queued", "nothing: goes out "),
    ],
)
def test_a_letter_that_waits_is_listed_with_the_answer_and_the_next_command(
    office: Office, outcomes: list[Outcome], state: str, command: str
) -> None:
    letter = acknowledgement(office, *outcomes)
    (row,) = run("queue", "list", "--json").json
    assert (row["number"], row["kind"]) == (f"L{letter.id}", f"letter {state}")
    assert row["why"] == outcomes[-1].answer
    assert row["next"].startswith(command.format(letter.id))
    assert row["about"] == "acknowledgement to ana@mail.example, ACME-1001"


def not_made(office: Office, tmp_path: Path) -> Path:
    """A complaint whose acknowledgement can't be made: the operator's own template for it, which has an error."""
    own = tmp_path / "own" / "emails" / "acknowledgement" / "body.txt"
    own.parent.mkdir(parents=True)
    own.write_text("{{ letter.nonsense }}\n", encoding="utf-8")
    office.restart([OWN_TEMPLATES])
    office.receive(write(ANA))
    assert office.kinds(address(ANA)) == []
    return own


def test_a_letter_that_could_not_be_made_is_listed_with_the_error_and_the_next_try(
    office: Office, tmp_path: Path
) -> None:
    not_made(office, tmp_path)
    (row,) = run("queue", "list", "--json").json
    assert (row["kind"], row["ticket"]) == ("letter not made", "ACME-1001")
    assert row["about"] == "acknowledgement to ana@mail.example, ACME-1001"
    assert "acknowledgement/body.txt:1" in row["why"]
    assert row["next"] == "mailsla check; tried again Mon 16 Nov, 10:15"
    shown = run("queue", "show", row["number"]).words
    assert "the customer ana@mail.example" in shown
    assert "tried again Mon 16 Nov, 10:15" in shown
    assert f"({row['number']} in `mailsla queue list`)" in run("ticket", "show", "1001").words


def test_retry_makes_a_letter_at_once_when_its_template_is_mended(office: Office, tmp_path: Path) -> None:
    own = not_made(office, tmp_path)
    (row,) = run("queue", "list", "--json").json
    assert f"mend: mailsla queue retry {row['number']}" in run("queue", "release", row["number"]).err
    own.unlink()
    office.restart([OWN_TEMPLATES])
    office.work()
    assert office.kinds(address(ANA)) == []
    assert run("queue", "retry", row["number"]).code == 0
    office.work()
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    said = run("queue", "retry", row["number"])
    assert (said.code, said.err.splitlines()[0]) == (1, f"mailsla: no letter {row['number']} waits to be made")


def test_a_letter_that_waits_for_the_budget_is_listed_with_the_next_try(office: Office) -> None:
    office.restart([("[instance]", "[limits]\nautomatic_per_hour = 1\n\n[instance]")])
    office.receive(write(ANA))
    office.receive(write(BEA))
    (row,) = run("queue", "list", "--json").json
    assert (row["kind"], row["about"]) == ("letter waits", f"acknowledgement to {address(BEA)}, ACME-1002")
    assert row["why"] == "waits: 1 automatic mails in an hour are the most"
    assert row["next"] == "nothing: tried again Mon 16 Nov, 10:01"


@pytest.mark.parametrize(("outcomes", "verb"), [([REFUSED], "retry"), ([UNKNOWN, UNKNOWN], "release")])
def test_the_next_command_sends_the_letter(office: Office, outcomes: list[Outcome], verb: str) -> None:
    letter = acknowledgement(office, *outcomes)
    assert run("queue", verb, f"L{letter.id}").code == 0
    office.work()
    assert stored(office).state is LetterState.SENT
    assert run("queue", "list", "--json").json == []


def test_release_vouches_for_a_held_mail(office: Office) -> None:
    intake = held(office)
    said = run("queue", "release", f"m{intake.id}")
    assert (said.code, said.err) == (0, "")
    assert office.intake(intake.id).reason == f"released:{user()}"
    office.work()
    assert office.intake(intake.id).state is IntakeState.DONE


def told_before_and_after(office: Office, number: int) -> str:
    """What `show` says that a release does, and `release` says again."""
    shown = " ".join(run("queue", "show", f"M{number}").out.split())
    said = " ".join(run("queue", "release", f"M{number}").out.split())
    does = said.partition("When the daemon processes it, ")[2].rstrip(".")
    assert f"if released {does} next" in shown
    office.work()
    return does


def test_a_strangers_mail_with_an_agents_token_is_told_to_stay_inside(office: Office) -> None:
    does = told_before_and_after(office, held(office).id)
    assert does == (
        "it adds a comment, which stays inside, to ACME-1001; nothing goes to ana@mail.example. "
        "To answer them: mailsla ticket reply ACME-1001"
    )
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_an_unproven_agents_answer_is_told_to_go_out(office: Office) -> None:
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    intake = office.receive(answer(SAM, told, "It arrives on Tuesday."), auth="none")
    assert office.intake(intake.id).state is IntakeState.HELD
    does = told_before_and_after(office, intake.id)
    assert does == "it acts in the agent's name on ACME-1001: what it says goes to ana@mail.example"
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]


def test_a_mail_that_its_agent_did_not_confirm_says_so_before_it_is_released(office: Office) -> None:
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    intake = office.receive(answer(SAM, told, "Your complaint is rejected."), auth="none")
    asked = "did not say that it is theirs"
    assert asked not in run("queue", "show", f"M{intake.id}").words
    office.receive(answer(SAM, office.letter(address(SAM), "confirmation"), "Not me!"), auth="none")
    assert asked in run("queue", "show", f"M{intake.id}").words


def test_retry_reads_a_quarantined_mail_once_more(office: Office) -> None:
    intake = quarantined(office)
    assert run("queue", "retry", f"M{intake.id}").code == 0
    office.work()
    assert office.intake(intake.id).state is IntakeState.DONE
    assert office.ticket("ACME-1002").status is Status.NEW


def test_the_verb_of_the_other_queue_says_which_one_is_meant(office: Office) -> None:
    intake = held(office)
    said = run("queue", "retry", f"M{intake.id}")
    assert said.code == 1
    assert f"M{intake.id} is not in quarantine: it is held" in said.err
    assert f"mend: mailsla queue release M{intake.id}" in said.err
    assert office.intake(intake.id).state is IntakeState.HELD


def test_what_went_out_is_not_sent_again(office: Office) -> None:
    letter = acknowledgement(office)
    office.now += HOUR
    said = run("queue", "retry", f"L{letter.id}")
    assert said.code == 1
    assert "it is sent" in said.err
    office.work()
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_show_prints_a_mail_that_a_terminal_can_not_be_steered_by(office: Office) -> None:
    intake = office.receive(write(ANA, text="before \x1b[2J after", subject="a \u202e b", files={"a\x07.pdf": b"x"}))
    said = run("queue", "show", f"M{intake.id}")
    assert said.code == 0
    assert "before " in said.out
    assert "Ana Vogel <ana@mail.example>" in said.out
    assert not set(said.out) & {"\x1b", "\x07", "\u202e"}


def test_show_says_why_it_waits_and_what_to_do(office: Office) -> None:
    intake = held(office)
    said = run("queue", "show", f"M{intake.id}").out
    assert "an agent's reply address, used by another sender" in said
    assert f"mailsla queue release M{intake.id}" in said
    assert "ACME-1001" in said


def test_show_prints_a_letter(office: Office) -> None:
    letter = acknowledgement(office, REFUSED)
    said = run("queue", "show", f"L{letter.id}").out
    assert "550 5.1.1 no such user" in said
    assert "To          " in said
    assert f"mailsla queue retry L{letter.id}" in said


def test_raw_writes_every_byte(office: Office) -> None:
    mail = b"From: ana@mail.example\r\nSubject: =?x?=\xff\r\n\r\n\x00\x1b[2J\xfe\r\n"
    intake = office.receive(mail)
    assert run("queue", "show", f"M{intake.id}", "--raw").raw == mail
    letter = acknowledgement(office)
    with office.services.store.begin() as uow:
        kept = uow.outbox.get_letter(letter.id)
    assert kept is not None
    assert run("queue", "show", f"L{letter.id}", "--raw").raw == kept.content


def test_a_mail_from_before_was_never_fetched(office: Office) -> None:
    """`mailsla init` on a mailbox that held mail."""
    with office.services.store.begin() as uow:
        (number,) = uow.intake.add(
            [
                Intake(
                    mailbox="support", folder="INBOX", uidvalidity=1, uid="7", sha256=None, received_at=office.now,
                    accepted_at=office.now, state=IntakeState.BEFORE,
                )
            ]
        )  # fmt: skip
        uow.commit()
    said = run("queue", "show", f"M{number}")
    assert said.code == 1
    assert "was never fetched" in said.err
    assert "mailbox support, folder INBOX, as 7" in said.err


@pytest.mark.parametrize("number", ["7", "M", "X7", "M7;", "L-1", "M" + "9" * 30])
def test_what_is_no_number_is_a_usage_error(office: Office, number: str) -> None:
    said = run("queue", "show", number)
    assert said.code == 2
    assert "neither a mail (M7) nor a letter (L12, N3)" in said.err


WHY = "not for us,\n at all"


def test_drop_takes_a_mail_off_the_list_and_show_says_who_when_and_why(office: Office) -> None:
    name = f"M{held(office).id}"
    said = run("queue", "drop", name, "--reason", WHY)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        f"{name} is dropped. It is kept: mailsla queue show {name}",
        "Its case stays as it is: mailsla ticket show ACME-1001",
    ]
    assert run("queue", "list", "--json").json == []
    (row,) = run("queue", "list", "--all", "--json").json
    who = f"by {user()}, Mon 16 Nov, 10:00: not for us, at all"
    assert (row["number"], row["kind"], row["why"]) == (name, "mail dropped", who)
    shown = run("queue", "show", name).words
    assert f"dropped {who}" in shown
    assert "an agent's reply address, used by another sender" in shown
    assert f"to bring it back: mailsla queue retry {name}" in shown
    assert f"mail {name} was dropped: not for us, at all" in run("ticket", "show", "1001").words


def test_drop_takes_a_letter_off_the_list(office: Office) -> None:
    name = f"L{acknowledgement(office, REFUSED).id}"
    assert run("queue", "drop", name, "--reason", WHY).code == 0
    assert run("queue", "list", "--json").json == []
    (row,) = run("queue", "list", "--all", "--json").json
    assert row["kind"] == "letter dropped"
    shown = run("queue", "show", name).words
    assert REFUSED.answer in shown and "not for us, at all" in shown
    assert f"{name} dropped" in run("ticket", "show", "1001").words
    assert run("queue", "retry", name).code == 0
    office.work()
    assert stored(office).state is LetterState.SENT


def test_drop_takes_a_letter_that_was_not_made_off_the_list(office: Office, tmp_path: Path) -> None:
    not_made(office, tmp_path)
    (row,) = run("queue", "list", "--json").json
    name = row["number"]
    assert run("queue", "drop", name, "--reason", WHY).code == 0
    assert run("queue", "list", "--json").json == []
    (row,) = run("queue", "list", "--all", "--json").json
    assert (row["number"], row["kind"], row["next"]) == (name, "letter dropped", "nothing: it is dropped")
    assert "state dropped before it was made" in run("queue", "show", name).words
    assert f"dropped (mailsla queue show {name})" in run("ticket", "show", "1001").words


def test_what_is_dropped_is_not_dropped_again(office: Office) -> None:
    name = f"M{held(office).id}"
    run("queue", "drop", name, "--reason", "first")
    said = run("queue", "drop", name, "--reason", "second")
    assert said.code == 1
    assert "it is dropped" in said.err and f"mailsla queue show {name}" in said.err
    assert "first" in run("queue", "show", name).out
    released = run("queue", "release", name)
    assert f"mend: mailsla queue retry {name}" in released.err


@pytest.mark.parametrize("reason", [[], ["--reason", " \n"]])
def test_drop_wants_a_reason(office: Office, reason: list[str]) -> None:
    intake = held(office)
    said = run("queue", "drop", f"M{intake.id}", *reason)
    assert said.code == 2
    assert "--reason" in said.err
    assert office.intake(intake.id).state is IntakeState.HELD
