"""The browser's own menu of its cameras."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

__all__ = ["CameraMenu", "Cameras"]

Cameras = tuple[tuple[str, str], ...]
"""Cameras' ids and labels."""

log = logging.getLogger("imlkit")


class CameraMenu(JSComponent):
    """A menu of cameras, there only where one can choose: native, for keyboard, touch and screen reader.

    Args:
        choose: told the id of the camera that the person chose.
    """

    cameras = param.List(doc="Each camera's id and label, and whether it is chosen.")

    _esm: ClassVar[Path] = Path(__file__).with_name("camera_menu.js")
    _stylesheets: ClassVar[list[str]] = [Path(__file__).with_name("camera_menu.css").read_text("utf-8")]

    def __init__(self, choose: Callable[[str], None]) -> None:
        super().__init__(sizing_mode="stretch_width", margin=(8, 0, 0, 0), visible=False)  # type: ignore[no-untyped-call]
        self._choose = choose

    def present(self, state: tuple[Cameras, str]) -> None:
        """Show these cameras, and which of them is chosen."""
        cameras, chosen = state
        labels: list[str] = []
        for number, (_, label) in enumerate(cameras, 1):
            label = label.strip() or f"Camera {number}"
            # Two cameras of one make have one label.
            labels.append(f"{label} ({number})" if label in labels else label)
        self.param.update(
            cameras=[[id, label, id == chosen] for (id, _), label in zip(cameras, labels, strict=True)],
            visible=len(cameras) > 1,
        )

    def _handle_msg(self, data: Any) -> None:
        """Take a message of the browser, which may be anything."""
        match data:
            case {"chosen": str(camera)} if any(camera == one[0] for one in self.cameras):
                self._choose(camera)
            case _:
                log.warning("a menu of cameras was sent a message that it does not know; it is ignored")
