"""Which classes are taken for which, by two columns of a table, linked with other views."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from imlkit.errors import DataError
from imlkit.tables.linked.linked_component import LinkedComponent
from imlkit.tables.linked_state import LinkedState
from imlkit.tables.predicates.condition import Scalar
from imlkit.tables.predicates.predicate_json import value_from_json, value_to_json
from imlkit.tables.table import Table

__all__ = ["LinkedConfusionMatrix"]

Shares = Literal["counts", "label", "prediction", "all"]
KINDS = ("boolean", "nominal", "integer", "continuous", "text")


class LinkedConfusionMatrix(LinkedComponent):
    """How often rows of each label have each prediction, of the rows that the state's filters leave.

    A click on a number shows its rows in whatever is linked, one on a heading those of a class;
    with Ctrl, several. What is chosen here is left out when counting, so that one still sees what
    else could be chosen. Rows without a prediction are counted apart, those without a label not at
    all; accuracy, precision and recall are absent where they would be 0/0.

    Where the state has groups, each has a matrix of its own, with its accuracy beside that of all
    rows. Cells with selected rows have a mark as large as their share, and can select their rows.

    The order of classes is the same both ways: truth values, numbers by size, then texts as people
    sort them.

    Args:
        table: the table, or whatever a :class:`~imlkit.tables.Table` can be made of.
        label: the column of what is true.
        prediction: the column of what was predicted.
        state: what is filtered, grouped and selected, shared with other components.
        shares: what the numbers are: ``"counts"``, or shares of the rows of a ``"label"``, of a
            ``"prediction"`` or of ``"all"``.
        classes: classes that come first, in this order.
        title: what the person reads above it.

    Raises:
        DataError: there is no such column, one that holds no classes, or no such kind of shares.
    """

    module = Path(__file__).with_suffix(".js")

    def __init__(
        self,
        table: Table | Any,
        label: str,
        prediction: str,
        state: LinkedState | None = None,
        shares: Shares = "counts",
        classes: Sequence[Scalar] = (),
        title: str = "Confusion matrix",
    ) -> None:
        given = {"label": label, "prediction": prediction, "shares": shares}
        super().__init__(table, state, title, {**given, "classes": [value_to_json(one) for one in classes]})

    def checked(self, config: Any) -> dict[str, Any]:
        """Return what the matrix is given, if it fits the table."""
        said = super().checked(config)
        columns = self.table.columns
        for part in ("label", "prediction"):
            name = said.get(part)
            if not isinstance(name, str) or name not in columns:
                known = ", ".join(f"“{one}”" for one in columns)
                raise DataError(
                    f"There is no column {name!r:.100} to be the {part}: give one of {known:.300}."
                )
            if columns[name].kind not in KINDS:
                raise DataError(
                    f"“{name}” holds {columns[name].kind} values: a {part} is a class, such as a text, a "
                    "whole number or a truth value."
                )
        if said["label"] == said["prediction"]:
            raise DataError(f"“{said['label']}” cannot be both label and prediction: give two columns.")
        if said.get("shares") not in get_args(Shares):
            raise DataError(
                f"{said.get('shares')!r:.100} is nothing that numbers can be: give "
                f"{', '.join(map(repr, get_args(Shares)))}."
            )
        classes = said.get("classes") or []
        if not isinstance(classes, list):
            raise DataError(f"{classes!r:.100} are no classes: give a list of values.")
        for one in classes:
            value_from_json(one)
        return {**{part: said[part] for part in ("label", "prediction", "shares")}, "classes": classes}
