"""Metrics of a daemon that runs: asked for over HTTP and in a file, changed by a reload, and free when not wanted."""

import socket
import subprocess
import sys
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.daemon.conftest import Shop
from tests.e2e.waiting import until

LETTERS = "[letters]\n"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def asked(port: int) -> str:
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            return str(answer.read().decode())
    except URLError:
        return ""


def test_they_follow_the_work_and_a_reload(shop: Shop) -> None:
    first, second = free_port(), free_port()
    shop.configure((LETTERS, f'[metrics]\nlisten = "127.0.0.1:{first}"\ntextfile = "mailsla.prom"\n{LETTERS}'))
    daemon = shop.start()
    shop.send("ana@mail.example")
    assert shop.letters("ana@mail.example")
    until(lambda: 'mailsla_letters_total{outcome="accepted"} 2.0' in asked(first), 20, daemon.tail)
    said = asked(first)
    assert 'mailsla_mails_accepted_total{mailbox="support"} 1.0' in said
    assert "mailsla_daemons 1.0" in said
    assert 'mailsla_queue_size{queue="unprocessed"} 0.0' in said
    assert 'mailsla_loop_hanging{loop="mailbox support"} 0.0' in said
    assert "mailsla_daemons 1.0" in (shop.folder / "mailsla.prom").read_text()
    shop.configure((LETTERS, f'[metrics]\nlisten = "127.0.0.1:{second}"\n{LETTERS}'))
    shop.reload()
    until(lambda: 'mailsla_reloads_total{result="done"} 1.0' in asked(second), 20, daemon.tail)
    assert asked(first) == ""
    assert daemon.terminate() == 0


@pytest.mark.parametrize("command", ["run", "health"])
def test_their_library_is_not_imported_when_nobody_asks(command: str) -> None:
    code = f"import sys, mailsla.cli.{command}; print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
