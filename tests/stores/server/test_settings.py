"""Settings of a server are read from a file, and what cannot be meant is refused in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imlkit.errors import CommandError
from imlkit.stores.server.settings import Settings
from tests.project.source import ROOT

_EXAMPLE = re.compile(r"```toml\n(\[server\].*?)\n```", re.DOTALL)


def read(folder: Path, text: str) -> Settings:
    file = folder / "store.toml"
    file.write_text(text, encoding="utf-8")
    return Settings.read(file)


def test_the_example_of_the_guide_says_everything_that_can_be_set(tmp_path: Path) -> None:
    (example,) = _EXAMPLE.findall((ROOT / "docs" / "stores.md").read_text(encoding="utf-8"))
    assert read(tmp_path, example) == Settings(
        data=str(tmp_path / "birds"),
        address="127.0.0.1",
        port=8090,
        accounts=True,
        secret=tmp_path / "server-secret",
        token_hours=12.0,
        audit=tmp_path / "audit.jsonl",
        log="json",
        metrics=True,
        body=256 * 1024 * 1024,
        asset=16 * 1024 * 1024 * 1024,
        rules={
            "reader": "read in cases",
            "annotator": "create in corrections, read in cases, update own in corrections",
        },
        indexes={"cases": ("species", "camera.name")},
    )


def test_an_empty_file_leaves_everything_to_the_server(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Settings(indexes={})


def test_a_database_and_no_log_of_writes_can_be_set(tmp_path: Path) -> None:
    settings = read(tmp_path, '[server]\ndatabase = "postgresql://me@host/birds"\naudit = false')
    assert (settings.database, settings.audit) == ("postgresql://me@host/birds", False)


def test_what_the_command_line_says_counts_more(tmp_path: Path) -> None:
    settings = read(tmp_path, '[server]\ndata = "birds"\nport = 1\nlog = "json"')
    overruled = settings.overruled(database="postgresql://x/y", port=0, log=None, data=None)
    assert (overruled.data, overruled.database, overruled.port, overruled.log) == (
        None,
        "postgresql://x/y",
        0,
        "json",
    )


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("[server]\nadress = 'x'", "server.adress", "known are data, database, address"),
        ("[sever]\nport = 1", "sever", "known are server, rules, indexes, limits"),
        ("port = 1", "port", "no such setting"),
        ("server = 1", "server", "a line [server]"),
        ("[server]\nport = '8090'", "server.port", "whole number from 0 to 65_535"),
        ("[server]\nport = 70000", "server.port", "whole number"),
        ("[server]\nport = true", "server.port", "whole number"),
        ("[server]\naccounts = 'yes'", "server.accounts", "true or false"),
        ("[server]\nmetrics = 1", "server.metrics", "true or false"),
        ("[server]\ndata = ''", "server.data", "text in quotes"),
        ("[server]\naddress = 1", "server.address", "text in quotes"),
        ('[server]\nsecret = "a\\u0000b"', "server.secret", "text in quotes"),
        ("[server]\ntoken_hours = 0", "server.token_hours", "hours"),
        ("[server]\ntoken_hours = nan", "server.token_hours", "hours"),
        ("[server]\naudit = true", "server.audit", "text in quotes"),
        ("[server]\nlog = 'xml'", "server.log", '"text" or "json"'),
        ("[server]\ndata = 'x'\ndatabase = 'postgresql://x/y'", "server", "one of them"),
        ("[rules]\nann = 'read in x'", "rules", "there are no rules for 'ann'"),
        ("[rules]\nreader = 'see x'", "rules", "is no rule"),
        ("[rules]\nreader = 1", "rules.reader", "text in quotes"),
        ("[indexes]\ncases = 'species'", "indexes.cases", "a list of fields"),
        ("[indexes]\ncases = [1]", "indexes.cases", "text in quotes"),
        ("[limits]\nbody = 0", "limits.body", "whole number from 1"),
        ("[limits]\nbodies = 1", "limits.bodies", "known are body, asset"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_name(
    tmp_path: Path, text: str, place: str, said: str
) -> None:
    with pytest.raises(CommandError) as refused:
        read(tmp_path, text)
    words = str(refused.value)
    assert f"store.toml', {place}: " in words
    assert said in words


def test_a_wrong_address_of_a_database_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"server.database: .*postgresql://") as refused:
        read(tmp_path, "[server]\ndatabase = 'mysql://me:secret@host/x'")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("content", [b"[server", b"\xff\xfe", b"a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "store.toml"
    file.write_bytes(content)
    with pytest.raises(CommandError, match="not written in TOML"):
        Settings.read(file)


def test_a_file_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(CommandError, match=r"cannot be read \(.*check the name after --config"):
            Settings.read(path)
