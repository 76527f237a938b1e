"""The built wheel, in an environment that has nothing but the locked packages: what a stranger installs, works.

No network: the wheel is built by the installed hatchling, and the packages are copied from the environment that runs
the tests, file by file as their RECORDs say.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

from tests.shared import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what git tracks: a file that was forgotten to be added is missing in it, too."""
    copy = tmp_path_factory.mktemp("source")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("this is no git repository")
    for name in filter(None, tracked.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(copy / "dist"), str(copy)]
    subprocess.run(command, check=True, capture_output=True)
    [built] = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a fresh environment with the wheel and the packages of requirements.lock."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True, with_pip=False)
    paths = {"base": str(folder), "platbase": str(folder), "installed_base": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    locked = _locked()
    for distribution in distributions():
        if _normal(distribution.name) in locked:
            _copy(distribution, site)
    install = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(folder / "bin" / "python")]
    subprocess.run([*install, "install", "--no-index", "--no-deps", "--quiet", str(wheel)], check=True)
    return folder / "bin"


def _locked() -> set[str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {_normal(name) for name in re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", text, re.MULTILINE)}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _copy(distribution: Distribution, site: Path) -> None:
    for file in distribution.files or ():
        if ".." not in file.parts and file.suffix != ".pyc":  # not the scripts in bin/
            target = site / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(distribution.locate_file(file)), target)


def run(command: Path, *arguments: str, cwd: Path) -> str:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "LANG": "C.UTF-8"}
    done = subprocess.run([command, *arguments], cwd=cwd, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("folder", ["templates", "migrations"])
def test_the_wheel_has_what_stands_beside_the_code(wheel: Path, folder: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    tracked = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=True)
    names = [name for name in tracked.stdout.split("\0") if name and (ROOT / name).is_file()]
    assert names
    assert {f"mailsla/_shipped/{name}" for name in names} <= inside


def test_the_wheel_has_the_data_of_the_code(wheel: Path) -> None:
    """Presets, lexicons, word lists, the demo's set-up: each file in the source that is no Python."""
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    source = ROOT / "src"
    data = [
        str(path.relative_to(source))
        for path in source.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".mo")
    ]
    assert any("presets" in name for name in data)
    assert any("lexicon" in name for name in data)
    assert set(data) <= inside


def test_the_wheel_has_nothing_of_the_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert all(name.startswith(("mailsla/", "mailsla-")) for name in names)


def test_the_installed_command_plays_the_demo(installed: Path, tmp_path: Path) -> None:
    """Letters, catalogues, database and SMTP work without the repository and the tools of its makers."""
    assert "Usage: mailsla" in run(installed / "mailsla", "--help", cwd=tmp_path)
    played = run(installed / "mailsla", "demo", "week", cwd=tmp_path)
    assert "Monday, 23 November 2026, 12:55" in played
    assert (tmp_path / "week" / "index.html").is_file()
    where = run(installed / "python", "-c", "import mailsla; print(mailsla.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_the_installed_command_sets_up_and_upgrades(installed: Path, tmp_path: Path) -> None:
    run(installed / "mailsla", "init", "--preset", "standard", "--yes", cwd=tmp_path)
    run(installed / "mailsla", "db", "upgrade", cwd=tmp_path)
    run(installed / "mailsla", "check", cwd=tmp_path)
