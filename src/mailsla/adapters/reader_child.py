"""The child process that reads one mail under limits: raw bytes on standard input, JSON on standard output."""

import fcntl
import os
import resource
import select
import sys
from pathlib import Path

from mailsla.adapters.reader import OUT_OF_MEMORY
from mailsla.core.mail.parse import parse
from mailsla.core.mail.parsed import to_json


def limit(cpu_s: int, memory: int) -> None:
    """Bound this process from here on: `cpu_s` more seconds of CPU, `memory` more bytes of address space."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    ceiling = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end_with_reader(answers: int) -> None:
    """From here on the kernel ends this process (SIGIO) when nobody is left to read its answer: no orphan reads on.

    `answers`: the pipe to the reader. Nothing else does that in the middle of a library's C code.
    """
    fcntl.fcntl(answers, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(answers, fcntl.F_SETFL, fcntl.fcntl(answers, fcntl.F_GETFL) | os.O_ASYNC)
    gone = select.poll()
    gone.register(answers, 0)
    if gone.poll(0):  # before the kernel had been asked
        sys.exit(1)


def wait_for_reader(answers: int) -> None:
    """The opposite: each piece of an answer that is read would be a signal, too."""
    fcntl.fcntl(answers, fcntl.F_SETFL, fcntl.fcntl(answers, fcntl.F_GETFL) & ~os.O_ASYNC)


def main() -> int:
    """Read, parse, answer; exit code OUT_OF_MEMORY when the memory is over."""
    limit(int(sys.argv[1]), int(sys.argv[2]))
    end_with_reader(sys.stdout.fileno())
    try:
        answer = to_json(parse(sys.stdin.buffer.read()))
    except MemoryError:
        return OUT_OF_MEMORY
    wait_for_reader(sys.stdout.fileno())
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
