"""Who may do what on a server: over HTTP, as clients meet it."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from imlkit.errors import (
    DataError,
    DuplicateIdError,
    ForbiddenError,
    LoginRequiredError,
    NotFoundError,
    TooManyTriesError,
)
from imlkit.store import Change
from imlkit.stores.remote import RemoteStore
from imlkit.stores.remote.log_in import log_in
from imlkit.stores.server.accounts.access import Accounts
from imlkit.stores.server.accounts.audit import AuditLog
from imlkit.stores.server.accounts.rules import Rules
from imlkit.stores.server.accounts.tokens import Tokens
from imlkit.stores.server.accounts.users import Users
from imlkit.stores.sqlite import SQLiteStore
from tests.e2e.served import until
from tests.stores.serving import served

PASSWORD = "a good password"
SECRET = b"s" * 43
As = Callable[[str], RemoteStore]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a store with users: passwords take their time to hash."""
    store = SQLiteStore(tmp_path_factory.mktemp("filled"))
    store.collection("cases").create([{"id": "c1", "y": "cat"}, {"id": "c2", "y": "dog"}])
    users = Users(store)
    for name, role in (
        ("ann", "annotator"),
        ("bob", "annotator"),
        ("rita", "reader"),
        ("ed", "editor"),
        ("ada", "admin"),
    ):
        users.add(name, role, PASSWORD)
    store.close()
    return store.folder


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> SQLiteStore:
    return SQLiteStore(shutil.copytree(filled, tmp_path / "data"))


@pytest.fixture
def rules() -> dict[str, str] | None:
    return None


@pytest.fixture
def url(store: SQLiteStore, tmp_path: Path, clock: Clock, rules: dict[str, str] | None) -> Iterator[str]:
    accounts = Accounts(Users(store), Tokens(SECRET, clock=clock), Rules(rules))
    audit = AuditLog(tmp_path / "audit.jsonl")
    with served(store, tmp_path / "uploads", accounts=accounts, audit=audit) as address:
        yield address


@pytest.fixture
def as_(url: str) -> Iterator[As]:
    """Opens the server's store as somebody."""
    opened: list[RemoteStore] = []

    def opened_as(name: str) -> RemoteStore:
        opened.append(RemoteStore(url, log_in(url, name, PASSWORD).token))
        return opened[-1]

    yield opened_as
    for store in opened:
        store.close()


def test_nobody_gets_anything_without_a_login(url: str) -> None:
    with pytest.raises(LoginRequiredError, match="imlkit store login"):
        RemoteStore(url, token="")
    schema = requests.get(f"{url}/openapi.json", timeout=10).json()
    tried = 0
    for path, operations in schema["paths"].items():
        for method in operations:
            if path in ("/health", "/v1/login"):
                continue
            tried += 1
            answer = requests.request(method, url + path.replace("{id}", "0" * 64), json={}, timeout=10)
            # What is asked may be refused for its form first, but is never done.
            assert answer.status_code in (401, 422), (method, path, answer.status_code)
            assert answer.status_code == 401 or method in ("post", "put")
    assert tried > 15


@pytest.mark.parametrize(
    "token", ["", "x", "eyJ.a.b", "W10.c2ln", "\u00e9", "a" * 5_000, "WyJhZGEiLCIiLDllMTgsMF0.AAAA"]
)
def test_forged_tokens_are_refused(url: str, token: str) -> None:
    answer = requests.get(f"{url}/v1/self", headers={"Authorization": f"Bearer {token}".encode()}, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_of_another_secret_or_of_a_changed_user_is_refused(
    url: str, store: SQLiteStore, as_: As
) -> None:
    user = Users(store).get("ada")
    assert user is not None
    forged, _ = Tokens(b"t" * 43).issue(user)
    with pytest.raises(LoginRequiredError):
        RemoteStore(url, forged)
    ann = as_("ann")
    Users(store).set_password("ann", "another password")
    until(lambda: _refused(ann))
    bob = as_("bob")
    Users(store).remove("bob")
    until(lambda: _refused(bob))
    Users(store).add("bob", "admin", PASSWORD)
    assert _refused(bob)


def _refused(store: RemoteStore) -> bool:
    try:
        store.collections()
    except LoginRequiredError:
        return True
    return False


def test_a_token_ends_and_may_be_had_anew_until_then(url: str, clock: Clock) -> None:
    token = log_in(url, "ann", PASSWORD).token
    clock.now += 11 * 3600
    header = {"Authorization": f"Bearer {token}"}
    renewed = requests.post(f"{url}/v1/renew", headers=header, timeout=10).json()["token"]
    clock.now += 2 * 3600
    assert requests.get(f"{url}/v1/self", headers=header, timeout=10).status_code == 401
    header = {"Authorization": f"Bearer {renewed}"}
    assert requests.get(f"{url}/v1/self", headers=header, timeout=10).json()["name"] == "ann"
    # Not for ever, though.
    for _ in range(70):
        clock.now += 11 * 3600
        answer = requests.post(f"{url}/v1/renew", headers=header, timeout=10)
        if answer.status_code == 401:
            break
        header = {"Authorization": f"Bearer {answer.json()['token']}"}
    else:
        pytest.fail("tokens were given for more than a month")


def test_a_clock_that_is_set_back_locks_nobody_out(url: str, clock: Clock) -> None:
    store = RemoteStore(url, log_in(url, "ann", PASSWORD).token)
    clock.now -= 86_400
    assert store.collections() == ["cases"]
    store.close()


def test_wrong_names_and_passwords_sound_the_same_and_are_counted(url: str) -> None:
    said = set()
    for name, password in (
        ("ann", "wrong password"),
        ("nobody", PASSWORD),
        ("", ""),
        ("ann\x00", "é" * 2_000),
    ):
        with pytest.raises(LoginRequiredError) as refused:
            log_in(url, name, password)
        said.add(str(refused.value))
    assert len(said) == 1
    for _ in range(9):
        with pytest.raises(LoginRequiredError):
            log_in(url, "ann", "wrong password")
    with pytest.raises(TooManyTriesError, match="wait a minute"):
        log_in(url, "ann", PASSWORD)
    # Others may still come in.
    assert log_in(url, "bob", PASSWORD).name == "bob"


def test_roles_do_what_they_may(as_: As) -> None:
    rita = as_("rita").collection("cases")
    assert rita.count() == 2
    for refused in (
        lambda: rita.create({"y": "cow"}),
        lambda: rita.patch("c1", {"y": "cow"}),
        lambda: rita.update("c1", {"y": "cow"}),
        lambda: rita.remove("c1"),
        lambda: rita.remove({}),
    ):
        with pytest.raises(ForbiddenError, match="'rita' \\(reader\\) you may not"):
            refused()
    ed = as_("ed").collection("cases")
    ed.patch("c1", {"y": "cow"})
    assert ed.remove({"y": "dog"}) == ["c2"]
    assert [case["y"] for case in rita.find()] == ["cow"]


def test_annotators_change_what_they_made_and_nothing_else(as_: As) -> None:
    ann, bob = as_("ann").collection("notes"), as_("bob").collection("notes")
    made = ann.create({"id": "n1", "text": "mine"})
    assert made == {"id": "n1", "text": "mine", "created_by": "ann"} == ann.get("n1")
    # Sent again, it is the same document; sent by another, it is none of theirs.
    ann.create({"id": "n1", "text": "mine"})
    with pytest.raises(DuplicateIdError):
        bob.create({"id": "n1", "text": "mine"})
    for refused in (
        lambda: bob.patch("n1", {"text": "bob's"}),
        lambda: bob.update("n1", {"text": "bob's"}),
        lambda: bob.remove("n1"),
        lambda: bob.patch_many(["n1"], {"text": "bob's"}),
        lambda: bob.remove(["n1"]),
        lambda: bob.create({"text": "in another's name", "created_by": "ann"}),
        lambda: ann.patch("n1", {"created_by": "bob"}),
    ):
        with pytest.raises(ForbiddenError):
            refused()
    assert bob.remove({}) == []
    ann.update("n1", {"text": "changed"})
    assert bob.get("n1") == {"id": "n1", "text": "changed", "created_by": "ann"}
    assert ann.patch("n1", {"text": "again"})["created_by"] == "ann"
    # Editors change what is another's, and it stays the other's.
    as_("ed").collection("notes").update("n1", {"text": "edited"})
    assert ann.get("n1") == {"id": "n1", "text": "edited", "created_by": "ann"}
    assert ann.remove("n1") == ["n1"]


@pytest.mark.parametrize(
    "rules",
    [{"annotator": 'create in corrections, read in cases, update own in "corrections", read in open*'}],
)
def test_rules_say_what_may_be_done_in_which_collection(as_: As) -> None:
    editor = as_("ed")
    editor.collection("secret").create({"id": "s", "text": "secret"})
    editor.collection("open one").create({"id": "o"})
    ann, bob = as_("ann"), as_("bob")
    bob.collection("corrections").create({"id": "b", "y": "bob's"})
    seen: list[Change] = []
    for name in ("secret", "corrections", "cases"):
        ann.collection(name).changes.subscribe(seen.append)
    ann.collection("corrections").create({"id": "a", "y": "ann's"})
    # Of corrections, only one's own are there at all.
    corrections = ann.collection("corrections")
    assert (
        [each["id"] for each in corrections.find()] == ["a"] == [each["id"] for each in corrections.iterate()]
    )
    assert corrections.count() == 1
    assert corrections.distinct("y") == {"ann's": 1}
    assert corrections.find({"$or": [{"created_by": "bob"}, {"id": "b"}]}) == []
    with pytest.raises(NotFoundError):
        corrections.get("b")
    with pytest.raises(NotFoundError):
        corrections.patch("b", {"y": "taken"})
    assert corrections.patch_many(["a", "b"], {"checked": True}) == ["a"]
    with pytest.raises(ForbiddenError):
        corrections.remove("a")
    for refused in (
        lambda: ann.collection("secret").find(),
        lambda: ann.collection("secret").count(),
        lambda: ann.collection("not there").find(),
        lambda: ann.collection("cases").create({"y": "cow"}),
        lambda: next(iter(ann.assets)),
    ):
        with pytest.raises(ForbiddenError):
            refused()
    assert ann.collections() == ["cases", "corrections", "open one"]
    # Of changes, those of what one may read.
    editor.collection("secret").create({"id": "t"})
    bob.collection("corrections").patch("b", {"y": "changed"})
    editor.collection("cases").patch("c1", {"y": "cow"})
    until(lambda: bool(seen) and seen[-1].collection == "cases")
    assert seen == [
        Change("created", "corrections", ("a",)),
        Change("updated", "corrections", ("a",)),
        Change("updated", "cases", ("c1",)),
    ]


@pytest.mark.parametrize("rules", [{"annotator": "create in mine, remove own in mine"}])
def test_of_a_removed_document_that_one_may_not_have_read_nothing_is_told(as_: As) -> None:
    ann, bob = as_("ann").collection("mine"), as_("bob").collection("mine")
    seen: list[Change] = []
    ann.changes.subscribe(seen.append)
    bob.create({"id": "b"})
    bob.remove("b")
    until(lambda: len(seen) == 1)
    assert seen == [Change("reset", "mine")]


def test_the_servers_own_collections_are_nobodys(as_: As) -> None:
    ada = as_("ada")
    for name in ("imlkit:users", "imlkit:", "imlkit:whatever"):
        for refused in (
            lambda name=name: ada.collection(name).find(),
            lambda name=name: ada.collection(name).create({"id": "me", "role": "admin"}),
            lambda name=name: ada.collection(name).remove({}),
        ):
            with pytest.raises(ForbiddenError):
                refused()
    assert ada.collections() == ["cases"]


def test_assets_are_for_those_who_may_read_and_uploads_are_apart(as_: As, url: str) -> None:
    ann, rita, ada = as_("ann"), as_("rita"), as_("ada")
    with pytest.raises(ForbiddenError, match="send assets"):
        rita.assets.put(b"reader's")
    kept = ann.assets.put(b"picture")
    assert rita.assets.open(kept.id).read() == b"picture"
    with pytest.raises(ForbiddenError, match="remove assets"):
        ann.assets.remove(kept.id)
    assert [each.id for each in ada.assets] == [kept.id]
    ada.assets.remove(kept.id)
    # What one has begun to send, another neither sees nor spoils.
    id = "1" * 64
    tokens = {name: log_in(url, name, PASSWORD).token for name in ("ann", "bob")}
    for name, content, size in (("ann", b"abc", 3), ("bob", b"x", 1)):
        header = {"Authorization": f"Bearer {tokens[name]}"}
        answer = requests.put(f"{url}/v1/uploads/{id}", data=content, headers=header, timeout=10)
        assert answer.json() == {"offset": size}


def test_what_is_written_and_who_logs_in_is_noted(as_: As, url: str, tmp_path: Path) -> None:
    ann = as_("ann")
    notes = ann.collection("notes")
    notes.create([{"id": "a"}, {"id": "b"}])
    notes.patch("a", {"x": 1})
    notes.remove(["a", "not there"])
    notes.remove(["not there"])
    with pytest.raises(LoginRequiredError):
        log_in(url, "bob", "wrong password\n{}")
    asset = ann.assets.put(b"bytes")
    lines = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    assert all(line["address"] == "127.0.0.1" and line["at"].startswith("20") for line in lines)
    told = [{k: v for k, v in line.items() if k not in ("at", "address")} for line in lines]
    assert told == [
        {"user": "ann", "action": "login"},
        {"user": "ann", "action": "create", "collection": "notes", "ids": ["a", "b"]},
        {"user": "ann", "action": "patch", "collection": "notes", "ids": ["a"]},
        {"user": "ann", "action": "remove", "collection": "notes", "ids": ["a"]},
        {"user": "bob", "action": "login refused"},
        {"user": "ann", "action": "asset", "id": asset.id, "size": 5},
    ]
    assert "wrong password" not in (tmp_path / "audit.jsonl").read_text()
    assert stat.S_IMODE((tmp_path / "audit.jsonl").stat().st_mode) == 0o600


def test_passwords_are_kept_as_hashes_alone_and_can_be_changed_by_their_owner(
    url: str, store: SQLiteStore
) -> None:
    header = {"Authorization": f"Bearer {log_in(url, 'ann', PASSWORD).token}"}

    def changed(**asked: str) -> int:
        return requests.post(f"{url}/v1/password", json=asked, headers=header, timeout=10).status_code

    assert changed(password="wrong password", new="another password") == 401
    assert changed(password=PASSWORD, new="short") == 422
    assert changed(password=PASSWORD, new="another password") == 204
    assert log_in(url, "ann", "another password").name == "ann"
    for document in store.collection("imlkit:users").find():
        assert document["password"].startswith("$argon2id$")
    assert PASSWORD.encode() not in (store.folder / "store.sqlite").read_bytes()


@pytest.mark.parametrize(
    ("name", "role", "password", "words"),
    [
        ("", "reader", PASSWORD, "no name"),
        (" ann", "reader", PASSWORD, "no name"),
        ("a\nb", "reader", PASSWORD, "no name"),
        ("a" * 101, "reader", PASSWORD, "no name"),
        ("ann", "reader", PASSWORD, "already"),
        ("zoe", "queen", PASSWORD, "no role"),
        ("zoe", "reader", "short", "8 to"),
    ],
)
def test_a_user_that_cannot_be_is_refused(
    store: SQLiteStore, name: str, role: str, password: str, words: str
) -> None:
    with pytest.raises((DataError, DuplicateIdError), match=words):
        Users(store).add(name, role, password)
    store.close()
