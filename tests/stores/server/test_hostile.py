"""What is meant to do harm is refused, and harms nothing that is there."""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.client
import io
import json
import os
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from imlkit.errors import DataError, StoreError
from imlkit.stores.remote import RemoteStore
from imlkit.stores.server.app import Limits
from imlkit.stores.sqlite import SQLiteStore
from tests.stores.serving import served

LIMITS = Limits(body=1 << 20, asset=1 << 20)
SCRIPT = "<script>window.ran = true</script><img src=x onerror=window.ran=true>"
quick = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

keys = st.sampled_from(
    ["$and", "$or", "$in", "$ne", "$gt", "$exists", "$regex", "$not", "y", "a.b", "id", ""]
) | (st.text(max_size=5))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def url(place: Path) -> Iterator[str]:
    store = SQLiteStore(place / "data")
    with served(store, place / "uploads", LIMITS) as address:
        yield address


@pytest.fixture
def cases(url: str) -> Iterator[Any]:
    """A collection with two documents, which are to stay as they are."""
    store = RemoteStore(url)
    cases = store.collection("cases")
    before = [{"id": "a", "y": "cat"}, {"id": "b", "y": "dog"}]
    cases.create(before)
    yield cases
    assert cases.find() == before
    store.close()


def posted(url: str, operation: str, body: Any) -> requests.Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8", "surrogatepass")
    return requests.post(
        f"{url}/v1/{operation}", data=data, headers={"Content-Type": "application/json"}, timeout=30
    )


@quick
@given(query=st.dictionaries(keys, values, max_size=3))
@example({"y": {"$regex": "(a+)+$"}})
@example({"$where": "sleep(1000)"})
@example({"y'; DROP TABLE documents; --": {"$gt": ""}})
@example({"y": {"$in": ["\ud800"]}})
@example({"$and": [{"$or": []}] * 50})
def test_queries_of_any_kind_are_answered_or_refused(url: str, cases: Any, query: Any) -> None:
    for operation, more in (("find", {}), ("count", {}), ("page", {}), ("distinct", {"field": "y"})):
        answer = posted(url, operation, {"collection": "cases", "query": query, **more})
        assert answer.status_code in (200, 422), (operation, answer.text)
        assert answer.headers["Content-Type"] == "application/json"


@quick
@given(
    id=st.text(min_size=1, max_size=20),
    name=st.text(min_size=1, max_size=20).filter(lambda name: not name.startswith("imlkit:")),
)
@example("../../etc/passwd", "../secret")
@example("\x00", "\x00")
@example("a" * 3_000, "b" * 3_000)
@example("\u202e\ufeff\U0010ffff", "\r\n")
def test_ids_and_names_of_any_text_are_kept_apart(url: str, id: str, name: str) -> None:
    store = RemoteStore(url)
    collection = store.collection(f"any {name}")
    if any("\ud800" <= character <= "\udfff" for character in id + name):
        with pytest.raises((DataError, StoreError)):
            collection.create({"id": id})
    else:
        collection.create({"id": id, "text": name})
        assert collection.get(id) == {"id": id, "text": name}
        assert collection.remove(id) == [id]
    store.close()


@pytest.mark.parametrize(
    "path",
    [
        "..%2f..%2fdata%2fstore.sqlite",
        "%2e%2e/%2e%2e/data/store.sqlite",
        "..\\..\\data\\store.sqlite",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "%D9%A0" * 64,
        "A" * 64,
        "0" * 63,
        "%00" * 64,
    ],
)
@pytest.mark.parametrize("kind", ["assets", "uploads"])
def test_paths_lead_nowhere(url: str, place: Path, kind: str, path: str) -> None:
    before = sorted(str(file) for file in place.rglob("*"))
    for method in ("GET", "PUT", "DELETE", "POST"):
        for end in ("", "/info", "/finish"):
            connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
            # As it stands: clients would tidy it up.
            connection.putrequest(method, f"/v1/{kind}/{path}{end}")
            connection.putheader("Content-Length", "1")
            connection.endheaders(b"x")
            assert connection.getresponse().status in (400, 404, 405, 422)
            connection.close()
    assert sorted(str(file) for file in place.rglob("*")) == before


def test_a_body_that_says_to_be_huge_is_refused_before_it_comes(url: str, cases: Any) -> None:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/v1/create")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(1 << 30))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert json.loads(answer.read())["error"] == "DataError"
    connection.close()


@pytest.mark.parametrize("path", ["/v1/create", "/v1/uploads/" + "0" * 64])
def test_a_body_that_never_ends_is_cut_off(url: str, cases: Any, path: str) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(10_000):
            sent += 1 << 16
            yield b"[" * (1 << 16)

    method = "PUT" if "uploads" in path else "POST"
    try:
        answer = requests.request(
            method, url + path, data=pieces(), headers={"Content-Type": "application/json"}, timeout=30
        )
        assert answer.status_code in (413, 422)
    except requests.ConnectionError:
        pass  # cut off while it was still sending
    # Some is on its way in the buffers of both ends.
    assert sent < 32 << 20


def test_what_is_nested_deep_and_what_is_packed_is_refused(url: str, cases: Any) -> None:
    deep = b'{"collection": "cases", "documents": [{"id": "x", "fields": ' + b'{"a":' * 50_000
    assert posted(url, "create", deep + b"1" + b"}" * 50_000 + b"}]}").status_code in (400, 422)
    query = b'{"collection": "cases", "query": ' + b'{"$and":[' * 20_000 + b"{}" + b"]}" * 20_000 + b"}"
    assert posted(url, "find", query).status_code in (400, 422)
    bomb = gzip.compress(b" " * (64 << 20))
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert requests.post(f"{url}/v1/find", data=bomb, headers=headers, timeout=30).status_code in (
        400,
        415,
        422,
    )


def png_bomb() -> bytes:
    """A picture of 60,000 × 60,000 pixels in a few kilobytes."""
    size = 60_000
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(3 * size + 1)) for _ in range(20)) + packer.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        sum_ = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", sum_)

    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def array_bomb() -> bytes:
    """An array that says to have 10¹² numbers, and has none."""
    file = io.BytesIO()
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000), }"
    header += b" " * (118 - len(header)) + b"\n"
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    return file.getvalue()


def pickled_array() -> bytes:
    """An array of objects, which numpy would have to unpickle."""
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    header += b" " * (118 - len(header)) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"cos\nsystem\n(S'touch ran'\ntR."


@pytest.mark.parametrize(
    ("tag", "ending", "content"),
    [("$image", "png", png_bomb()), ("$array", "npy", array_bomb()), ("$array", "npy", pickled_array())],
    ids=["picture", "array", "pickle"],
)
def test_a_bomb_in_a_document_goes_off_nowhere(url: str, tag: str, ending: str, content: bytes) -> None:
    name = f"{hashlib.sha256(content).hexdigest()}.{ending}"
    body = {
        "collection": "bombs",
        "documents": [{"id": "bomb", "fields": {"x": {tag: name}}}],
        "attachments": {name: base64.b64encode(content).decode()},
    }
    # The server opens no attachment: whoever reads it does.
    assert posted(url, "create", body).status_code == 200
    store = RemoteStore(url)
    bombs = store.collection("bombs")
    try:
        with pytest.raises((DataError, StoreError)) as refused:
            bombs.get("bomb")
        assert len(str(refused.value)) < 500
        # Who asks for other fields is not concerned, and it can be removed.
        assert bombs.get("bomb", select=["y"]) == {"id": "bomb"}
        assert not os.path.exists("ran")
    finally:
        bombs.remove("bomb")
        store.close()


def test_script_is_text_wherever_it_stands(url: str) -> None:
    store = RemoteStore(url)
    collection = store.collection(SCRIPT)
    made = collection.create({"id": SCRIPT, SCRIPT: SCRIPT})
    assert collection.find() == [made]
    asked = [
        posted(url, "find", {"collection": SCRIPT}),
        posted(url, "count", {"collection": SCRIPT, "query": {SCRIPT: {f"${SCRIPT}": 1}}}),
        posted(url, "update", {"collection": SCRIPT, "id": f"no {SCRIPT}", "fields": {}}),
        requests.get(f"{url}/v1/assets/{SCRIPT}", timeout=10),
        requests.get(f"{url}/{SCRIPT}", timeout=10),
    ]
    kept = store.assets.put(SCRIPT.encode(), "text/html")
    for answer in asked:
        assert answer.headers["Content-Type"] == "application/json"
    asset = requests.get(f"{url}/v1/assets/{kept.id}", timeout=10)
    assert asset.headers["Content-Type"] == "application/octet-stream"
    assert asset.headers["Content-Disposition"] == "attachment"
    assert asset.headers["X-Content-Type-Options"] == "nosniff"
    store.close()


def test_many_who_ask_for_nonsense_at_once_hold_up_nobody(url: str, cases: Any) -> None:
    def nonsense() -> None:
        for n in range(20):
            posted(url, "find", {"collection": "cases", "query": {"y": {"$regex": f"(a|a)*{n}("}}})

    threads = [threading.Thread(target=nonsense) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert cases.count() == 2
    for thread in threads:
        thread.join()
