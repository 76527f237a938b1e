"""The wheel and the sdist, each in an environment that has nothing but the locked packages: what a stranger installs.

No network: they are built by the installed hatchling, and the packages are copied from the environment that runs the
tests, file by file as their RECORDs say.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

from tests.shared import ROOT


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git tracks: a file that was forgotten to be added is missing in it, too."""
    copy = tmp_path_factory.mktemp("source")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("this is no git repository")
    for name in filter(None, tracked.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    return copy


def build(kind: str, source: Path) -> Path:
    """The "wheel" or "sdist" of a folder."""
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(source / "dist")]
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    [built] = (source / "dist").glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


@pytest.fixture(scope="module")
def wheel(source: Path) -> Path:
    return build("wheel", source)


@pytest.fixture(scope="module")
def from_sdist(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that pip makes of the sdist before it installs it."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build("sdist", source)) as archive:
        archive.extractall(folder, filter="data")
    [unpacked] = folder.iterdir()
    return build("wheel", unpacked)


@pytest.fixture(scope="module", params=["wheel", "from_sdist"])
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a fresh environment with mailsla and the packages of requirements.lock."""
    wheel: Path = request.getfixturevalue(request.param)
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


def run(command: Path, *arguments: str, cwd: Path, stdin: str = "") -> str:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [command, *arguments], cwd=cwd, capture_output=True, text=True, env=environment, input=stdin, check=False
    )
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
    assert not any("test" in name for name in names)


def test_the_sdist_makes_the_same_wheel(wheel: Path, from_sdist: Path) -> None:
    """File by file, but for the list of files with its sums, in which their order may differ."""

    def sums(path: Path) -> dict[str, int]:
        with zipfile.ZipFile(path) as archive:
            return {one.filename: one.CRC for one in archive.infolist() if not one.filename.endswith("/RECORD")}

    assert sums(wheel) == sums(from_sdist)


@pytest.mark.parametrize("installed", ["wheel"], indirect=True)  # the other is the same, file by file
def test_the_installed_command_plays_the_demo(installed: Path, tmp_path: Path) -> None:
    """Letters, catalogues, database and SMTP work without the repository and the tools of its makers."""
    assert "Usage: mailsla" in run(installed / "mailsla", "--help", cwd=tmp_path)
    played = run(installed / "mailsla", "demo", "week", cwd=tmp_path)
    assert "Monday, 23 November 2026, 12:55" in played
    assert (tmp_path / "week" / "index.html").is_file()
    where = run(installed / "python", "-c", "import mailsla; print(mailsla.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_the_installed_command_sets_up_checks_and_takes_a_mail(installed: Path, tmp_path: Path) -> None:
    """Presets, migrations, lexicons and templates are found where the package is."""
    mailsla = installed / "mailsla"
    run(mailsla, "init", "--preset", "standard", "--yes", cwd=tmp_path)
    run(mailsla, "check", cwd=tmp_path)
    mail = "From: ana@mail.example\nTo: support@acme.example\nSubject: Parcel\n\nMy parcel has not arrived.\n"
    run(mailsla, "deliver", cwd=tmp_path, stdin=mail)
    assert "delivery" in run(mailsla, "explain", "-", cwd=tmp_path, stdin=mail)
    run(mailsla, "db", "upgrade", cwd=tmp_path)


def test_the_manual_is_where_man_looks(installed: Path) -> None:
    """Beside the commands: man(1) searches bin/../share/man for what is on PATH, and pipx links it."""
    share = installed.parent / "share" / "man"
    assert {path.name for path in share.rglob("*.*")} == {"mailsla.1", "mailsla.toml.5"}


def test_the_installed_command_completes_in_bash(installed: Path, tmp_path: Path) -> None:
    ask = 'eval "$(mailsla completion bash)"; COMP_WORDS=(mailsla tick) COMP_CWORD=1; _mailsla_completion mailsla'
    done = subprocess.run(
        ["bash", "-c", f'{ask}; echo "${{COMPREPLY[@]}}"'],
        env={"PATH": f"{installed}:/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "ticket\n"
