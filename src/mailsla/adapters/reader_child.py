"""The child process that reads one mail under limits: raw bytes on standard input, JSON on standard output."""

import resource
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


def main() -> int:
    """Read, parse, answer; exit code OUT_OF_MEMORY when the memory is over."""
    limit(int(sys.argv[1]), int(sys.argv[2]))
    try:
        answer = to_json(parse(sys.stdin.buffer.read()))
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
