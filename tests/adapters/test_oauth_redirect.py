"""The redirect of a login in a browser: the one with our state counts, whatever else comes to the port."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from urllib.request import urlopen

import pytest

from mailsla.adapters.oauth_redirect import Redirect, code_from
from mailsla.errors import PermanentError, TemporaryError


@pytest.fixture
def redirect() -> Iterator[Redirect]:
    with closing(Redirect("127.0.0.1")) as redirect:
        yield redirect


def browse(*urls: str) -> threading.Thread:
    def job() -> None:
        for url in urls:
            with urlopen(url, timeout=5) as answer:
                assert "code-1" not in answer.read().decode()

    thread = threading.Thread(target=job)
    thread.start()
    return thread


def test_the_code_comes(redirect: Redirect) -> None:
    thread = browse(f"{redirect.url}?code=code-1&state=ours")
    assert redirect.wait("ours", 5) == "code-1"
    thread.join(5)


def test_what_is_not_ours_ends_nothing(redirect: Redirect) -> None:
    urls = ["favicon.ico", "?code=forged&state=theirs", "?error=access_denied", "?code=code-1&state=ours"]
    thread = browse(*(redirect.url + url for url in urls))
    assert redirect.wait("ours", 5) == "code-1"
    thread.join(5)


def test_a_no_is_an_end(redirect: Redirect) -> None:
    thread = browse(f"{redirect.url}?error=access_denied&error_description=not+you&state=ours")
    with pytest.raises(PermanentError, match="the provider refuses: access_denied: not you"):
        redirect.wait("ours", 5)
    thread.join(5)


def test_nobody_comes(redirect: Redirect) -> None:
    with pytest.raises(TemporaryError, match=r"nobody logged in within 0\.1 s"):
        redirect.wait("ours", 0.1)


def test_it_listens_on_this_machine_only(redirect: Redirect) -> None:
    port = int(redirect.url.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        assert connection.getpeername()[0] == "127.0.0.1"
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), 5):
        pass


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("http://localhost/?code=c&state=other", "not the answer to this login"),
        ("http://localhost/?code=c", "not the answer to this login"),
        ("c", "not the answer to this login"),
        ("", "not the answer to this login"),
        ("http://localhost/?state=ours", "no code in that address"),
        ("http://localhost/?state=ours&error=access_denied", "the provider refuses: access_denied"),
    ],
)
def test_what_is_pasted_wrongly_is_said(pasted: str, said: str) -> None:
    with pytest.raises(PermanentError, match=said):
        code_from(pasted, "ours")


def test_what_is_pasted_with_spaces_around_it_is_understood() -> None:
    assert code_from("  http://localhost/?state=ours&code=4%2F0Ab&scope=mail \n", "ours") == "4/0Ab"
