"""SIGHUP: the new configuration counts whole from then on, or the old one stays and everybody is told why."""

from pathlib import Path

from tests.daemon.conftest import Shop

ANA, BEA = "ana@mail.example", "bea@mail.example"
OPERATOR = "operator@acme.example"
SENDING = "\n[sending]\n"
SALES = """
[[mailboxes]]
name = "sales"
address = "sales@acme.example"
kind = "maildir"
path = "mail/sales"

[sending]
"""


def test_what_changed_counts_from_then_on(shop: Shop) -> None:
    daemon = shop.start()
    shop.configure(('email = "sam@acme.example"', 'email = "samuel@acme.example"'))
    assert shop.reload() == "the configuration was reloaded"
    assert daemon.said("configuration reloaded")[0]["renewed"] == []
    shop.send(ANA)
    assert shop.letters("samuel@acme.example") or shop.letters("kim@acme.example")
    shop.send(BEA)
    assert shop.letters("samuel@acme.example")
    assert daemon.terminate() == 0


def test_mailboxes_come_and_go(shop: Shop) -> None:
    daemon = shop.start()
    shop.mailbox("sales")
    shop.configure((SENDING, SALES))
    shop.reload()
    shop.until_seen("sales")
    shop.send(ANA, "sales")
    assert shop.letters(ANA)
    shop.configure()
    shop.reload()
    shop.send(BEA, "sales")
    shop.send("cai@mail.example")
    assert shop.letters("cai@mail.example")
    assert shop._letters(BEA, "") == []
    lines = [(line["mailboxes"], line["renewed"]) for line in daemon.said("configuration reloaded")]
    assert lines == [(["support", "sales"], ["sales"]), (["support"], [])]
    assert daemon.terminate() == 0


def test_another_account_sends_what_comes_next(shop: Shop) -> None:
    shop.start()
    shop.configure(('path = "mail/out"', 'path = "mail/elsewhere"'))
    shop.reload()
    shop.send(ANA)
    shop.daemon.until_said("letter")
    assert list((shop.folder / "mail" / "elsewhere" / "new").glob("*"))
    assert shop._letters(ANA, "") == []


def refused(shop: Shop, what: str, mend: str) -> None:
    """It was not taken over; the log and the operator are told why, and the old configuration still works."""
    assert "not reloaded" in shop.reload()
    (line,) = shop.daemon.said("configuration not reloaded")
    assert what in str(line["cause"])
    assert f"mend: {mend}" in str(line["cause"])
    assert "".join(what.split()) in "".join("".join(shop.letters(OPERATOR)).split())  # wherever its lines break
    shop.send(ANA)
    assert shop.letters(ANA)
    assert shop.daemon.terminate() == 0


def test_a_wrong_setting_is_refused(shop: Shop) -> None:
    shop.start()
    shop.configure(('default_team = "service"', 'default_team = "servic"'))
    refused(shop, 'there is no team "servic"', 'did you mean "service"?')


def test_a_faulty_template_is_refused(shop: Shop) -> None:
    shop.start()
    own: Path = shop.folder / "own" / "emails" / "acknowledgement"
    own.mkdir(parents=True)
    (own / "body.txt").write_text("{{ no_such_value }}")
    shop.configure(("[letters]\n", '[letters]\ntemplates = "own"\n'))
    refused(shop, "no_such_value", "")


def test_a_secret_that_is_not_there_is_refused(shop: Shop) -> None:
    shop.start()
    smtp = 'kind = "smtp"\nhost = "smtp.acme.example"\nuser = "support"\npassword = { file = "no-such-file" }\n#'
    shop.configure(('kind = "maildir"                    # smtp', smtp))
    refused(shop, "no-such-file: No such file", "make it")


def test_another_database_is_for_a_restart(shop: Shop) -> None:
    shop.start()
    shop.configure(("sqlite:///mailsla.db", "sqlite:///other.db"))
    refused(shop, "another database is not taken by a reload", "restart mailsla")
    assert not (shop.folder / "other.db").exists()
