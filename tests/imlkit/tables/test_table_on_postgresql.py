from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from imlkit.errors import DataError
from imlkit.tables import Equals, InRange, IsNull, OneOf, Predicate, Table, TextContains
from imlkit.tables.counting.bins import Bins
from tests.contracts.table_contract import TableContract
from tests.postgresql import loaded, postgresql_server

NAMES = (f"rows {n}" for n in itertools.count())


@pytest.fixture(scope="module")
def connection() -> Iterator[Any]:
    import ibis

    with postgresql_server() as server:
        connection = ibis.postgres.connect(**server)
        yield connection
        connection.disconnect()


class TestOnPostgreSQL(TableContract):
    @pytest.fixture(scope="class")
    @classmethod
    def put(cls, connection: Any) -> Callable[[pa.Table], Any]:
        return lambda arrow: loaded(connection, next(NAMES), arrow)


@pytest.mark.parametrize(
    ("type", "given", "read", "kind"),
    [
        ("numeric", "0.12345678901234567", 0.12345678901234567, "continuous"),
        ("numeric(6, 2)", "1.25", Decimal("1.25"), "continuous"),
        ("money", "12.5", Decimal("12.5"), "continuous"),
        ("real", "0.5", 0.5, "continuous"),
        ("smallint", "3", 3, "integer"),
        ("uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "nominal"),
        ("inet", "127.0.0.1", "127.0.0.1/32", "nominal"),
        ("macaddr", "08:00:2b:01:02:03", "08:00:2b:01:02:03", "nominal"),
        ("int4range", "[1,3)", "[1,3)", "nominal"),
        ("point", "(1,2)", "(1,2)", "nominal"),
        ("bit(3)", "101", "101", "nominal"),
        ("varchar(9)", "été", "été", "nominal"),
        ("jsonb", '{"a": 1}', '{"a": 1}', "other"),
        ("double precision[]", "{1,2.5}", [1.0, 2.5], "embedding"),
        ("bytea", "\\x00ff", b"\x00\xff", "other"),
    ],
)
def test_columns_of_any_type_are_read(connection: Any, type: str, given: str, read: Any, kind: str) -> None:
    name = next(NAMES)
    connection.raw_sql(f'CREATE TABLE "{name}" (id int, value {type})').close()
    with connection.con.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{name}" VALUES (1, %s), (2, NULL)', [given])
    table = Table(connection.table(name))
    assert {row["id"]: row["value"] for row in table.where(~IsNull("id")).to_dicts()} == {1: read, 2: None}
    assert table.columns["value"].kind == kind
    assert table.count(IsNull("value")) == 1


def test_numbers_without_fixed_digits_may_be_nan(connection: Any) -> None:
    name = next(NAMES)
    connection.raw_sql(f'CREATE TABLE "{name}" (id int, free numeric, fixed numeric(6, 2))').close()
    connection.raw_sql(
        f"INSERT INTO \"{name}\" VALUES (1, 'NaN', 'NaN'), (2, 1.5, 1.5), (3, NULL, NULL)"
    ).close()
    table = Table(connection.table(name))
    for column in ("free", "fixed"):
        assert table.count(Equals(column, math.nan)) == 1
        assert table.count(InRange(column, 0)) == 1
        assert table.count(InRange(column)) == 1
        assert table.count(~InRange(column)) == 2


@pytest.mark.parametrize(
    "predicate",
    [
        Equals("word", "a\0b"),
        OneOf("word", ("a\0b", "\0")),
        TextContains("word", "\0"),
        TextContains("word", "\0", case=True, whole_word=True),
        Equals("key", "no identifier"),
    ],
    ids=str,
)
def test_what_no_value_can_be_is_met_by_none(connection: Any, predicate: Predicate) -> None:
    name = next(NAMES)
    connection.raw_sql(f'CREATE TABLE "{name}" (id int, word text, key uuid)').close()
    connection.raw_sql(f"INSERT INTO \"{name}\" VALUES (1, 'ab', gen_random_uuid()), (2, NULL, NULL)").close()
    table = Table(connection.table(name))
    assert table.count(predicate) == 0
    assert table.count(~predicate) == 2
    with pytest.raises(DataError, match="no regular expression"):
        table.count(TextContains("word", "a\0", regex=True))


def test_numbers_too_great_or_too_small_for_a_bin_do_no_harm(connection: Any) -> None:
    values = np.array([5e-324, 1e-310, 0.0, 1.5, 3e3, 1e308, -1e308, math.inf, math.nan])
    table = Table(loaded(connection, next(NAMES), pa.table({"id": range(len(values)), "value": values})))
    for bins in (Bins(0.0, 4e3, 4), Bins(-1e308, 7e307, 3), Bins(0.0, 1e-300, 5)):
        found = table.expression.select("id", bin=bins.expression(table.expression["value"]))
        numbers = found.order_by("id").to_pyarrow().column("bin").to_pylist()
        assert [-1 if one is None else one for one in numbers] == bins.indices(values).tolist()


def test_a_name_that_would_be_cut_off_is_said(connection: Any) -> None:
    rows = loaded(connection, next(NAMES), pa.table({"id": [1]}))
    assert Table(rows.mutate(**{"é" * 31: rows.id})).count() == 1
    with pytest.raises(DataError, match="PostgreSQL cuts names after 63 bytes"):
        Table(rows.mutate(**{"é" * 32: rows.id}))


def test_connections_go_on_after_an_error(connection: Any) -> None:
    table = Table(loaded(connection, next(NAMES), pa.table({"id": [1, 2], "word": ["a", "b"]})))
    for _ in range(3):
        with pytest.raises(DataError, match="no regular expression"):
            table.count(TextContains("word", "(?i)(", regex=True))
        assert table.count(TextContains("word", "a|b", regex=True)) == 2
