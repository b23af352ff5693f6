"""What is built is what is there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import imlkit
from tests.project.source import PLACES, ROOT

FOLDERS = ["imlkit", *PLACES]


def settings() -> dict[str, dict[str, object]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def shipped(root: Path) -> set[str]:
    """Return every file of the source folders that belongs into a wheel, by its path inside it."""
    found = set()
    for folder in FOLDERS:
        place = PLACES.get(folder, folder).replace(".", "/")
        for path in (root / folder).rglob("*"):
            below = path.relative_to(root / folder)
            linked = folder == "imlkit" and below.parts[0] in PLACES
            if not linked and path.is_file() and path.suffix in (".py", ".js", ".css", ".html", ".typed"):
                found.add(f"{place}/{below.as_posix()}")
    return found


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the working tree without what is ignored."""
    copy = tmp_path_factory.mktemp("checkout") / "imlkit"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = ROOT / name
        if source.exists() or source.is_symlink():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy / name, follow_symlinks=False)
    return copy


def build(checkout: Path, out: Path, *options: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), *options, str(checkout)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_list_of_packages_is_complete() -> None:
    listed = settings()["tool"]["setuptools"]
    assert isinstance(listed, dict)
    packages = {
        name.removesuffix("/__init__.py").replace("/", ".")
        for name in shipped(ROOT)
        if name.endswith("/__init__.py")
    }
    assert sorted(packages) == listed["packages"]
    holding = {str(Path(name).parent).replace("/", ".") for name in shipped(ROOT)}
    assert holding <= packages, "a folder with sources has no __init__.py"


def test_the_links_lead_to_the_source_folders() -> None:
    for folder in PLACES:
        assert (ROOT / "imlkit" / folder).resolve() == ROOT / folder


def test_the_version_is_told_once() -> None:
    assert settings()["project"]["version"] == imlkit.__version__
    assert f"## [{imlkit.__version__}]" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.slow
def test_the_wheel_made_from_the_sdist_holds_every_source(checkout: Path, tmp_path: Path) -> None:
    build(checkout, tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    (sdist,) = tmp_path.glob("*.tar.gz")
    expected = shipped(checkout)
    assert any(name.endswith(".js") for name in expected)
    assert "imlkit/py.typed" in expected
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        information = {name.rpartition("/")[2] for name in archive.namelist() if ".dist-info/" in name}
    assert held == expected
    assert {"LICENSE", "METADATA", "entry_points.txt"} <= information
    with tarfile.open(sdist) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    assert {"README.md", "LICENSE", "pyproject.toml", "components/__init__.py", "stores/__init__.py"} <= names


@pytest.mark.slow
def test_a_checkout_without_the_links_builds_the_same_and_runs(checkout: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(checkout, bare, symlinks=True)
    for folder in PLACES:
        (bare / "imlkit" / folder).unlink()
    build(bare, tmp_path, "--wheel")
    (wheel,) = tmp_path.glob("*.whl")
    place = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
        assert {name for name in archive.namelist() if ".dist-info/" not in name} == shipped(checkout)
    program = (
        f"import sys; sys.path.insert(0, {str(place)!r})\n"
        "import imlkit, imlkit.components.widgets.button as button, imlkit.stores.memory\n"
        "from imlkit.cli.demo import list_demos\n"
        "list_demos(); print(button.__file__)\n"
    )
    said = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
    assert str(place / "imlkit" / "components" / "widgets" / "button.py") in said.stdout
    assert "sketch" in said.stdout
    assert "missing" not in said.stdout
