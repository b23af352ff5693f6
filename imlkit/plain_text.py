"""Text that people typed, shown as it is."""

from __future__ import annotations

from html import escape
from typing import Any

import panel_material_ui as pmui

__all__ = ["PlainAlert", "PlainText"]


class PlainText(pmui.Typography):
    """A paragraph or heading in which nothing is read as Markdown or HTML.

    Args:
        text: what it says.
        link: an address to which the text leads; left out: none.
        params: those of panel-material-ui's Typography.
    """

    def __init__(self, text: str = "", link: str = "", **params: Any) -> None:
        self._link = link
        super().__init__(text, **params)  # type: ignore[no-untyped-call]

    def _transform_object(self, obj: Any) -> dict[str, Any]:
        shown = escape(str(obj or ""))
        if self._link:
            shown = (
                f'<a href="{escape(self._link)}" style="color: inherit; text-decoration: none">{shown}</a>'
            )
        # The browser's part decodes once before it reads HTML.
        return {"object": escape(shown)}


class PlainAlert(pmui.Alert):
    """A message in a coloured frame in which nothing is read as Markdown or HTML.

    Args:
        text: what it says; several lines are shown as a list.
        severity: ``"info"``, ``"warning"``, ``"error"`` or ``"success"``.
        params: those of panel-material-ui's Alert.
    """

    def __init__(self, text: str = "", severity: str = "info", **params: Any) -> None:
        sx = {
            "overflowWrap": "anywhere",
            "& p": {"m": 0},
            "& ul": {"my": 0, "pl": 2.5},
            "& .MuiAlertTitle-root:empty": {"display": "none"},
        }
        super().__init__(  # type: ignore[no-untyped-call]
            object=text, severity=severity, **{"margin": 0, "sizing_mode": "stretch_width", "sx": sx} | params
        )

    def _process_param_change(self, params: dict[str, Any]) -> Any:
        if "object" in params:
            lines = [escape(line) for line in str(params["object"] or "").splitlines()]
            shown = "".join(f"<li>{line}</li>" for line in lines)
            # The browser's part decodes once before it reads HTML.
            params["object"] = escape(f"<ul>{shown}</ul>" if len(lines) > 1 else f"<p>{''.join(lines)}</p>")
        # Past the base's own rendering of Markdown.
        return super(pmui.Alert, self)._process_param_change(params)
