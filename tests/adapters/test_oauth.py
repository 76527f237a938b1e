"""A login by OAuth2 that is kept: renewed when it must be, by one at a time, and never half written."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailsla.adapters.oauth_file import TokenFile
from mailsla.errors import ConfigError, LoginNeeded, TemporaryError
from tests.adapters.logins import START, Logins
from tests.servers.token_endpoint import TokenEndpoint

DAY = 24 * 3600


@pytest.fixture
def provider() -> Iterator[TokenEndpoint]:
    with TokenEndpoint() as provider:
        yield provider


@pytest.fixture
def logins(provider: TokenEndpoint, tmp_path: Path) -> Logins:
    return Logins(provider, tmp_path)


class TestRenewal:
    def test_an_access_token_is_used_until_shortly_before_its_end(self, logins: Logins) -> None:
        login = logins.make()
        first = login.access_token()
        assert logins.provider.good[first] == "ana"
        logins.now = START + 3600 - 301
        assert login.access_token() == first
        assert logins.provider.renewals == 0
        logins.now = START + 3600 - 300
        assert login.access_token() != first
        assert logins.provider.renewals == 1

    def test_one_that_lives_for_a_minute_is_used_for_half_of_it(self, logins: Logins) -> None:
        logins.provider.behaviour.life = 60
        login = logins.make()
        logins.now = START + 29
        assert login.fresh(login.access_token())
        assert logins.provider.renewals == 0

    def test_one_whose_life_nobody_says_is_taken_for_an_hour(self, logins: Logins) -> None:
        logins.provider.behaviour.life = None
        first = logins.make().access_token()
        logins.now = START + 3299
        assert logins.of().access_token() == first

    def test_the_new_refresh_token_takes_the_place_of_the_old(self, logins: Logins) -> None:
        login = logins.make()
        for hour in range(1, 5):  # each refresh token is good once
            logins.now = START + hour * 3600
            assert logins.provider.good[login.access_token()] == "ana"
        assert logins.provider.renewals == 4
        assert len(logins.provider.refreshable) == 1

    def test_a_provider_that_gives_no_new_one_keeps_the_old(self, logins: Logins) -> None:
        logins.provider.behaviour.rotates = False
        login = logins.make()
        for hour in range(1, 4):
            logins.now = START + hour * 3600
            login.access_token()
        assert len({form["refresh_token"] for form in logins.provider.asked if "refresh_token" in form}) == 1

    def test_a_refused_one_is_renewed_before_its_end(self, logins: Logins) -> None:
        login = logins.make()
        first = login.access_token()
        second = login.access_token(refused=first)
        assert second != first
        assert login.access_token() == second
        assert (login.fresh(first), login.fresh(second)) == (False, True)

    def test_of_two_that_are_refused_the_same_token_one_renews(self, logins: Logins) -> None:
        first = logins.make().access_token()
        assert logins.of().access_token(refused=first) == logins.of().access_token(refused=first)
        assert logins.provider.renewals == 1

    def test_of_many_at_once_one_renews(self, logins: Logins) -> None:
        """Else the second would come with a refresh token that is used up, and the login would be lost."""
        logins.make()
        logins.now = START + 3600
        given: list[str] = []
        threads = [threading.Thread(target=lambda: given.append(logins.of().access_token())) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert len(given) == 12
        assert len(set(given)) == 1
        assert logins.provider.renewals == 1

    def test_a_mailbox_and_the_sending_account_of_one_user_may_share_a_login(self, logins: Logins) -> None:
        logins.make()
        logins.now = START + 3600
        assert logins.of_sending().access_token() == logins.of().access_token()
        assert logins.provider.renewals == 1


class TestAPersonIsNeeded:
    def test_when_nobody_logged_in_so_far(self, logins: Logins) -> None:
        with pytest.raises(
            LoginNeeded, match=r"support: nobody logged in .*\n  mend: run `mailsla oauth login support`"
        ):
            logins.of().access_token()

    def test_when_the_login_was_taken_back(self, logins: Logins) -> None:
        login = logins.make()
        logins.provider.revoke()
        logins.now = START + 3600
        with pytest.raises(LoginNeeded, match="refuses the login: invalid_grant: AADSTS700082") as caught:
            login.access_token()
        assert "Trace ID" not in str(caught.value)
        assert caught.value.command == "mailsla oauth login support"

    def test_and_once_they_logged_in_again_all_is_well(self, logins: Logins) -> None:
        login = logins.make()
        logins.provider.revoke()
        with pytest.raises(LoginNeeded):
            login.access_token(refused=login.access_token())
        logins.make()
        assert logins.provider.good[login.access_token()] == "ana"

    @pytest.mark.parametrize("changes", [{"user": "bob"}, {"client_id": "other"}, {"scopes": ("more",)}])
    def test_when_the_login_was_made_for_other_settings(self, logins: Logins, changes: dict[str, object]) -> None:
        logins.make()
        with pytest.raises(LoginNeeded, match="made for other settings"):
            logins.of(**changes).access_token()  # type: ignore[arg-type]


class TestItsEnd:
    @pytest.mark.parametrize(
        ("life", "after", "told"),
        [
            (None, 400 * DAY, False),
            (90 * DAY, 75 * DAY, False),
            (90 * DAY, 77 * DAY, True),
            (7 * DAY, 4 * DAY, False),
            (7 * DAY, 5 * DAY, True),
        ],
    )
    def test_is_told_two_weeks_or_a_third_of_its_life_before(
        self, logins: Logins, life: int | None, after: int, told: bool
    ) -> None:
        logins.provider.behaviour.refresh_life = life
        login = logins.make()
        logins.now = START + after
        assert login.runs_out_soon() == (START + life if told and life else None)

    def test_moves_with_a_renewal_that_says_so(self, logins: Logins) -> None:
        logins.provider.behaviour.refresh_life = 7 * DAY
        login = logins.make()
        logins.now = START + 6 * DAY
        login.access_token()
        assert login.runs_out_soon() is None
        logins.provider.behaviour.refresh_life = None  # a silent one changes nothing
        logins.now = START + 12 * DAY
        login.access_token()
        assert login.runs_out_soon() == START + 13 * DAY

    def test_is_unknown_where_nobody_logged_in(self, logins: Logins) -> None:
        assert logins.of().runs_out_soon() is None


class TestTheFile:
    def test_is_for_its_owner_alone_from_the_first_byte(self, logins: Logins) -> None:
        before = os.umask(0)
        try:
            logins.make()
        finally:
            os.umask(before)
        assert logins.file.stat().st_mode & 0o777 == 0o600
        assert logins.file.parent.stat().st_mode & 0o777 == 0o700
        assert {path.name for path in logins.file.parent.iterdir()} == {"support.json", "support.json.lock"}

    def test_that_others_may_read_is_refused(self, logins: Logins) -> None:
        logins.make()
        logins.file.chmod(0o640)
        with pytest.raises(ConfigError, match=r"mailboxes\.support\.oauth\.tokens.*open to others(.|\n)*chmod 600"):
            logins.of().access_token()

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"refresh_token": "hunter2"}'])
    def test_that_mailsla_did_not_write_is_refused_and_not_shown(self, logins: Logins, content: str) -> None:
        logins.make()
        logins.file.write_text(content)
        with pytest.raises(ConfigError, match="is not what mailsla wrote") as caught:
            logins.of().access_token()
        assert "hunter2" not in str(caught.value)

    def test_stays_as_it_was_when_the_renewal_fails(self, logins: Logins) -> None:
        login = logins.make()
        before = logins.file.read_bytes()
        logins.provider.behaviour.raw = (503, b"")
        logins.now = START + 3600
        with pytest.raises(TemporaryError):
            login.access_token()
        assert logins.file.read_bytes() == before
        logins.provider.behaviour.raw = None
        assert login.access_token()

    def test_that_cant_be_written_is_told_before_the_refresh_token_is_used_up(self, logins: Logins) -> None:
        login = logins.make()
        (logins.file.parent / "support.json.part").mkdir()  # for root too, whom no permissions stop
        logins.now = START + 3600
        with pytest.raises(ConfigError, match=r"oauth\.tokens: .*support\.json\.part"):
            login.access_token()
        assert logins.provider.renewals == 0
        (logins.file.parent / "support.json.part").rmdir()
        assert login.access_token()

    def test_keeps_its_owner_when_root_renews_it(self, logins: Logins) -> None:
        if os.geteuid() != 0:
            pytest.skip("root absent, run as root")
        login = logins.make()
        os.chown(logins.file, 65534, 65534)
        logins.now = START + 3600
        login.access_token()
        assert [path.stat().st_uid for path in sorted(logins.file.parent.iterdir())] == [65534, 65534]

    def test_a_killed_renewal_leaves_nothing_in_the_way(self, logins: Logins) -> None:
        login = logins.make()
        (logins.file.parent / "support.json.part").write_text("half")
        logins.now = START + 3600
        assert login.access_token()
        assert json.loads(logins.file.read_text())["renewed_at"] == START + 3600

    def test_a_file_where_the_folder_should_be(self, logins: Logins) -> None:
        logins.file.parent.write_text("")
        wrong = pytest.raises(ConfigError, match="let the user that mailsla runs as write")
        with wrong, TokenFile(logins.file, "sending.oauth.tokens").locked():
            pass
