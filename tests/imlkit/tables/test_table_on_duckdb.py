from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from tests.contracts.table_contract import TableContract


class TestOnDuckDB(TableContract):
    @pytest.fixture(scope="class")
    @classmethod
    def put(cls) -> Callable[[pa.Table], Any]:
        return lambda arrow: arrow
