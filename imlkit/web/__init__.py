"""Scripts that run in people's browsers, and how they get there without a build step."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

from imlkit.errors import DataError

__all__ = ["gathered", "inlined", "module_address"]

FOLDER = Path(__file__).parent
NAMES = r"(?:\{[\w$\s,]*\}|\*\s+as\s+[\w$]+|[\w$]+)"
STATEMENT = re.compile(
    rf'(?P<what>(?:import|export)\s+{NAMES}\s+from\s+|import\s+)"(?P<path>[^"\\\n]+)"(?P<end>;?)'
)
"""One import, or what is passed on from another module: one line, literal, in double quotes."""
DOUBTFUL = re.compile(
    r"^\s*import\b|^\s*export\s*(?:\*|\{)|\bimport\s*\((?!`data:|address\))|\bimport\s*\.|\bfrom\s*[\"']"
)
"""Lines that import something or may do so."""
EXPORTED = re.compile(r"\s*export\s*\{[\w$\s,]*\};?\s*")
"""A list of the module's own names."""
NEIGHBOUR = re.compile(r"(?P<place>imlkit|\.)/(?P<name>\w+\.js)")


def inlined(path: Path) -> str:
    """Return the text of an ES module with all that it imports within it, as ``data:`` addresses.

    ``"imlkit/name.js"`` is the module of that name in this folder, ``"./name.js"`` the one beside the
    module. The same text gets the same address, so that a browser loads a module once even where
    several import it.

    Args:
        path: the module's file.

    Raises:
        DataError: a module is not there, modules import one another in a circle, or an
            import is not one line with a literal path in double quotes.
    """
    return _inlined(path.resolve(), ())


def gathered(*paths: Path) -> tuple[list[str], dict[str, str]]:
    """Return ES modules and all that they import, each once, for a page with an import map.

    Args:
        paths: the modules' files.

    Returns:
        The name of each of the modules, and the texts of all by name. Within the texts, imports are
        by these names.

    Raises:
        DataError: as :func:`inlined`.
    """
    names: dict[Path, str] = {}
    texts: dict[str, str] = {}
    folders = [FOLDER.resolve()]

    def add(path: Path, above: tuple[Path, ...]) -> str:
        if path not in names:
            text = _replaced(path, above, add)
            if path.parent not in folders:
                folders.append(path.parent)
            place = folders.index(path.parent)
            names[path] = f"{f'views/{place}' if place else 'imlkit'}/{path.name}"
            texts[names[path]] = text
        return names[path]

    return [add(path.resolve(), ()) for path in paths], texts


def _inlined(path: Path, above: tuple[Path, ...]) -> str:
    return _replaced(path, above, lambda path, above: module_address(_inlined(path, above)))


def _replaced(path: Path, above: tuple[Path, ...], address: Callable[[Path, tuple[Path, ...]], str]) -> str:
    """Return a module's text with other addresses of what it imports."""
    if path in above:
        circle = " → ".join(one.name for one in (*above[above.index(path) :], path))
        raise DataError(f"Scripts import one another in a circle: {circle}. Take one import out.")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        by = f", which {above[-1].name} imports" if above else ""
        raise DataError(f"The script {path}{by} cannot be read: {error.strerror}.") from error
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not DOUBTFUL.search(line) or EXPORTED.fullmatch(line):
            continue
        statement = STATEMENT.fullmatch(line.rstrip())
        wanted = statement and NEIGHBOUR.fullmatch(statement["path"])
        if not statement or not wanted:
            raise DataError(
                f"{path.name}, line {number + 1}: {line.strip()[:200]!r} is no import that can be put into "
                'a page. Write one a line, as import { name } from "imlkit/module.js" or "./module.js".'
            )
        folder = FOLDER if wanted["place"] == "imlkit" else path.parent
        found = address((folder / wanted["name"]).resolve(), (*above, path))
        lines[number] = f'{statement["what"]}"{found}"{statement["end"]}'
    return "\n".join(lines)


def module_address(text: str) -> str:
    """Return an address that holds an ES module."""
    return "data:text/javascript;base64," + base64.b64encode(text.encode()).decode("ascii")
