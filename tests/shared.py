"""Where the shared cases are: MAILSLA_SHARED, else ../shared; absent is a visible skip, in CI a failure."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("MAILSLA_SHARED", ROOT.parent / "shared"))


def shared(relative: str) -> Path:
    """The path of a shared file or folder; skips the test or module that asks for it when it is not there."""
    path = SHARED / relative
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"shared cases absent: {path}; set MAILSLA_SHARED", pytrace=False)
        pytest.skip(
            f"shared cases absent, set MAILSLA_SHARED to the folder that holds {relative.split('/')[0]}/",
            allow_module_level=True,
        )
    return path
