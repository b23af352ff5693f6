"""The set-up scripts, on a machine made of stand-ins for Python, apt-get and sudo."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.project.source import ROOT

TOOLS = ["sh", "cat", "cksum", "dirname", "mkdir", "cp", "touch", "env", "chmod"]

PYTHON = r"""#!/bin/sh
for last in "$@"; do :; done
case "$*" in
    *"version_info <"*) [ ! -e "$STATE/python-is-old" ] ;;
    *"import ensurepip"*) [ ! -e "$STATE/no-ensurepip" ] ;;
    *"-venv"*) echo python3.11-venv ;;
    -V) echo Python 3.11.2 ;;
    "-m venv"*) mkdir -p "$last/bin" && cp "$0" "$last/bin/python" ;;
    "-m pip install"*) echo "$last" >>"$STATE/installed"; [ ! -e "$STATE/network-is-down" ] ;;
    "-P -m imlkit"*) echo "$*" ;;
esac
"""
APT_GET = r"""#!/bin/sh
echo "apt-get $*" >>"$STATE/apt"
case "$*" in *install*) rm -f "$STATE/no-ensurepip" ;; esac
"""
SUDO = r"""#!/bin/sh
echo "sudo $1" >>"$STATE/sudo"
exec "$@"
"""
ID = '#!/bin/sh\necho "${WHO:-0}"\n'


class Machine:
    """A checkout in a folder with a space in its name, and the programs that its scripts find."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "a checkout"
        self.programs = folder / "bin"
        self.state = folder / "state"
        for made in (self.checkout, self.programs, self.state):
            made.mkdir()
        shutil.copytree(ROOT / "scripts", self.checkout / "scripts")
        shutil.copy(ROOT / "pyproject.toml", self.checkout)
        for tool in [*TOOLS, "rm"]:
            (self.programs / tool).symlink_to(str(shutil.which(tool)))
        for name, text in {"python3": PYTHON, "apt-get": APT_GET, "id": ID}.items():
            self.add(name, text)

    def add(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)

    def has(self, fact: str) -> None:
        (self.state / fact).touch()

    def run(self, script: str, *arguments: str, who: str = "0") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.checkout / "scripts" / script), *arguments],
            cwd=self.state,
            env={"PATH": str(self.programs), "STATE": str(self.state), "WHO": who},
            capture_output=True,
            text=True,
            timeout=30,
        )

    def log(self, name: str) -> list[str]:
        path = self.state / name
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_scripts_can_be_run() -> None:
    for name in ("scripts/demo", "scripts/test", "scripts/environment", ".ci/run"):
        assert os.access(ROOT / name, os.X_OK), name
        listed = subprocess.run(
            ["git", "ls-files", "-s", name], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert listed.stdout.startswith("100755"), name


def test_the_demo_starts_after_making_its_environment(machine: Machine) -> None:
    said = machine.run("demo", "--port", "6000")
    assert said.returncode == 0, said.stderr
    data = machine.checkout / "imlkit-data"
    assert said.stdout == f"-P -m imlkit demo sketch --data {data} --port 6000\n"
    assert machine.log("installed") == [str(machine.checkout)]


def test_the_second_time_nothing_is_installed(machine: Machine) -> None:
    machine.run("environment", "test")
    said = machine.run("environment", "test")
    assert said.returncode == 0
    assert said.stderr == ""
    assert machine.run("environment").stderr == ""
    assert machine.log("installed") == [f"{machine.checkout}[test]"]


def test_what_tests_need_is_added_to_what_running_needs(machine: Machine) -> None:
    machine.run("environment")
    machine.run("environment", "test")
    assert machine.log("installed") == [str(machine.checkout), f"{machine.checkout}[test]"]


def test_changed_requirements_are_installed(machine: Machine) -> None:
    machine.run("environment")
    with (machine.checkout / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    machine.run("environment")
    assert len(machine.log("installed")) == 2


def test_a_moved_checkout_is_installed_again(machine: Machine) -> None:
    machine.run("environment")
    machine.checkout = machine.checkout.rename(machine.checkout.with_name("moved"))
    machine.run("environment")
    assert machine.log("installed")[-1] == str(machine.checkout)


def test_a_failed_installation_is_tried_again(machine: Machine) -> None:
    machine.has("network-is-down")
    said = machine.run("environment")
    assert said.returncode == 1
    assert "Run this again" in said.stderr
    (machine.state / "network-is-down").unlink()
    assert machine.run("environment").returncode == 0
    assert len(machine.log("installed")) == 2


def test_root_installs_the_missing_venv_package_and_says_so(machine: Machine) -> None:
    machine.has("no-ensurepip")
    said = machine.run("environment")
    assert said.returncode == 0, said.stderr
    assert "installing the package python3.11-venv with apt-get" in said.stderr
    assert machine.log("apt")[-1].endswith("python3.11-venv")
    assert machine.log("sudo") == []
    assert machine.log("installed") == [str(machine.checkout)]


def test_a_person_installs_the_missing_venv_package_with_sudo(machine: Machine) -> None:
    machine.has("no-ensurepip")
    machine.add("sudo", SUDO)
    said = machine.run("environment", who="1000")
    assert said.returncode == 0, said.stderr
    assert len(machine.log("sudo")) == 2
    assert machine.log("installed") == [str(machine.checkout)]


def test_without_sudo_the_person_is_told_what_to_run(machine: Machine) -> None:
    machine.has("no-ensurepip")
    said = machine.run("environment", who="1000")
    assert said.returncode == 1
    assert "Run as root" in said.stderr
    assert "apt-get" in said.stderr
    assert machine.log("installed") == []


def test_on_another_system_the_person_is_told_what_is_missing(machine: Machine) -> None:
    machine.has("no-ensurepip")
    (machine.programs / "apt-get").unlink()
    said = machine.run("environment")
    assert said.returncode == 1
    assert "lacks the modules venv and ensurepip" in said.stderr


def test_an_old_python_is_told_with_what_to_do(machine: Machine) -> None:
    machine.has("python-is-old")
    said = machine.run("demo")
    assert said.returncode == 1
    assert "Python 3.11 or newer" in said.stderr
    assert "sudo apt-get install python3" in said.stderr
    assert machine.log("installed") == []


def test_a_skipped_test_is_told_and_fails(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="tests.a" name="test_one"/>'
        '<testcase classname="tests.a" name="test_two"><skipped message="no browser"/></testcase>'
        "</testsuite></testsuites>"
    )
    python = shutil.which("python3") or "python3"
    said = subprocess.run(
        [python, str(ROOT / "scripts" / "no_skips.py"), str(report)], capture_output=True, text=True
    )
    assert said.returncode == 1
    assert "tests.a.test_two: no browser" in said.stderr
    assert "test_one" not in said.stderr
