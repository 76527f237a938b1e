"""Templates compiled once a process for all languages: what they say in each is known at rendering."""

from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class CompiledOnce(BytecodeCache):
    """In memory, by file; a file that has changed is compiled anew, and takes the place of what it was."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """See BytecodeCache."""
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """See BytecodeCache."""
        if bucket.code is not None:
            self._codes[bucket.key] = bucket.checksum, bucket.code


COMPILED = CompiledOnce()
