"""The project's own source files and what they import."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PLACES = {
    "components": "imlkit.components",
    "stores": "imlkit.stores",
    "apps": "imlkit.apps",
}
"""The source folders whose package has another name than the folder."""


@dataclass(frozen=True)
class Import:
    """One import statement's target, made absolute."""

    path: Path
    line: int
    module: str
    relative: bool

    @property
    def where(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module}"

    def within(self, *packages: str) -> bool:
        """Whether this is one of these packages or below one."""
        return any(self.module == package or self.module.startswith(package + ".") for package in packages)


def sources(folder: str) -> list[Path]:
    """Return the Python files of a source folder, the links inside it not followed."""
    top = ROOT / folder
    links = {entry for entry in top.iterdir() if entry.is_symlink()} if folder == "imlkit" else set()
    return sorted(path for path in top.rglob("*.py") if not links & set(path.parents))


def tracked() -> list[Path]:
    """Return the files under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def module_name(path: Path) -> str:
    """Return the name a source file is imported by."""
    folder, *below = path.relative_to(ROOT).with_suffix("").parts
    parts = [PLACES.get(folder, folder), *below]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[Import]:
    """Yield every import of a file, those inside functions too; ``from a import b`` as ``a.b``."""
    package = module_name(path)
    if path.name != "__init__.py":
        package = package.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(path, node.lineno, name.name, False)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for name in node.names:
                yield Import(path, node.lineno, f"{base}.{name.name}", node.level > 0)
