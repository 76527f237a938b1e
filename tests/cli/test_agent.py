"""`mailsla agent`: who is here, absences entered and ended, as by mail."""

from tests.cli.command import run
from tests.flows.mails import ANA, JO, SAM, address, write
from tests.flows.office import Office


def test_the_list_says_who_is_here_and_who_stands_in(office: Office) -> None:
    office.receive(write(ANA))
    assert run("agent", "absent", "sam", "today - friday", "--deputy", "jo").code == 0
    heads, sam, *_ = run("agent", "list").out.splitlines()
    assert heads.split("  ")[0] == "agent"
    assert "Fri 20 Nov 2026  jo" in sam
    told = {one["agent"]: one for one in run("agent", "list", "--json").json}
    assert (told["sam"]["here"], told["sam"]["stands_in"], told["sam"]["open"]) == (False, "jo", 1)
    assert told["sam"]["absent_until"] == "2026-11-20T23:00:00Z"
    assert told["kim"]["here"]


def test_an_agent_is_shown_with_absences_and_open_complaints(office: Office) -> None:
    office.receive(write(ANA))
    run("agent", "absent", "sam", "24.12.-6.1.", "--deputy", "Kim Adler")
    run("agent", "absent", "sam", "off")
    said = run("agent", "show", "Sam Lee").out
    assert said.startswith("Sam Lee <sam@acme.example>\n")
    assert "Thu 24 Dec 2026 - Wed 6 Jan 2027" in said
    assert "deputy kim, by" in said
    assert "ended Mon 16 Nov, 10:00" in " ".join(said.split())
    assert "ACME-1001" in said
    (entered,) = run("agent", "show", "sam", "--json").json["absences"]
    assert (entered["starts"], entered["deputy"]) == ("2026-12-23T23:00:00Z", "kim")


def test_what_the_deputy_is_told_is_the_same_as_by_mail(office: Office) -> None:
    office.receive(write(ANA))
    said = run("agent", "absent", "sam", "today", "--deputy", "jo").out
    assert said == "Sam Lee: absent from Monday, 16 November 2026 to Monday, 16 November 2026; stands in: Jo Brandt\n"
    office.work()
    assert office.letter(address(JO), "stand_in").subject == "You stand in for Sam Lee: 1 open case"
    assert "stand_in" not in office.kinds(address(SAM))


def test_what_can_not_be_is_said_with_the_mend(office: Office) -> None:
    wrong = run("agent", "absent", "sam", "tomorrow", "--deputy", "kimm")
    assert (wrong.code, wrong.out) == (1, "")
    assert "nobody is called kimm" in wrong.err
    assert "did you mean: --deputy kim" in wrong.err
    run("agent", "absent", "sam", "tomorrow")
    again = run("agent", "absent", "sam", "tomorrow - friday")
    assert "is entered already" in again.err
    assert "did you mean: mailsla agent absent sam off" in again.err
    nobody = run("agent", "absent", "samm", "tomorrow")
    assert 'there is no agent "samm"' in nobody.err
    assert 'did you mean "sam"?' in nobody.err


def test_absent_without_end_is_the_configuration_s(office: Office) -> None:
    office.restart([('display_name = "Sam Lee"', 'display_name = "Sam Lee"\nabsent = true')])
    assert "absent until further notice" in run("agent", "show", "sam").out
    refused = run("agent", "absent", "sam", "off")
    assert refused.code == 1
    assert "take out: absent = true" in refused.err
