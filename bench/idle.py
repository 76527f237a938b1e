"""The memory of a daemon that waits for mail, beside a process that has imported the same packages and nothing else."""

import subprocess
import sys
import time
from pathlib import Path

from bench.beside import Row
from bench.world import World

BOUND = 1.3  # issue 3
SETTLED = 3  # seconds, in which it has looked into its mailbox and waits
# As the script `mailsla` starts it; at its end it says which modules of other packages it had loaded.
_DAEMON = """
import atexit, sys
from mailsla.cli import main
atexit.register(lambda: print(*(name for name, module in sys.modules.items()
                                if "/site-packages/" in (getattr(module, "__file__", None) or ""))))
main()
"""
_IMPORTS = """
import importlib, sys
for name in sys.stdin.readline().split():
    importlib.import_module(name)
print("done", flush=True)
sys.stdin.readline()
"""


def idle(world: World) -> Row:
    """Resident MB of both: what each would have alone on its machine, whatever else runs on this one."""
    mailsla = ["--config", str(world.folder / "mailsla.toml")]
    subprocess.run([sys.executable, "-m", "mailsla", *mailsla, "db", "upgrade"], check=True, capture_output=True)
    with _python(_DAEMON, *mailsla, "run", "--log-json") as daemon:
        assert daemon.stderr is not None
        if not any('"mailbox watched"' in line for line in daemon.stderr):
            raise RuntimeError("the daemon did not start")
        time.sleep(SETTLED)
        ours = _memory(daemon)
        daemon.terminate()
        names = daemon.communicate(timeout=15)[0]
    with _python(_IMPORTS) as imports:
        assert imports.stdin is not None and imports.stdout is not None
        imports.stdin.write(names)
        imports.stdin.flush()
        if imports.stdout.readline() != "done\n":
            raise RuntimeError("what the daemon had loaded can't be imported without it")
        theirs = _memory(imports)
        imports.communicate("\n")
    return Row("idle daemon", ours, f"importing its {len(names.split())} foreign modules", theirs, BOUND, unit="MB")


def _python(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def _memory(process: subprocess.Popen[str]) -> float:
    """MB. Not PSS, which shrinks with each other Python that shares the libraries' pages (proc(5))."""
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    [rss] = (line.split()[1] for line in lines if line.startswith("Rss:"))
    return int(rss) * 1024 / 1e6
