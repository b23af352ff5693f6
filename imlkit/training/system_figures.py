"""What a training takes of its machine: processor, memory, graphics cards."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any, Final

__all__ = ["SYSTEM", "SystemFigures"]

SYSTEM: Final = "system/"
"""What the names of these metrics begin with."""
MB: Final = 1e6


class SystemFigures:
    """Reads figures of this process and its machine, each time since the time before.

    With the package psutil it knows memory on every system, without it on Linux. Of graphics cards it tells
    where this process computes on them with PyTorch. What cannot be known is left out.
    """

    def __init__(self) -> None:
        self._process = _psutil_process()
        self._spent = time.process_time()
        self._at = time.monotonic()

    def read(self) -> dict[str, float]:
        """Return figures by name, units in the names.

        Returns:
            ``system/process CPU, %`` (100 is one processor that is always busy), ``system/process memory,
            MB`` (resident), ``system/machine memory, %`` (in use), and of graphics cards ``system/GPU memory,
            %`` (in use by anyone), ``system/process GPU memory, MB`` and, where the package nvidia-ml-py is
            installed, ``system/GPU use, %``; of several cards, each with its number: ``system/GPU 1 use, %``.
        """
        found = {**self._processor(), **self._memory(), **_graphics()}
        return {f"{SYSTEM}{name}": value for name, value in found.items()}

    def _processor(self) -> dict[str, float]:
        spent, at = time.process_time(), time.monotonic()
        passed = at - self._at
        share = 100 * (spent - self._spent) / passed if passed > 0 else None
        self._spent, self._at = spent, at
        return {} if share is None else {"process CPU, %": share}

    def _memory(self) -> dict[str, float]:
        if self._process is None:
            return _memory_of_linux()
        import psutil

        return {
            "process memory, MB": self._process.memory_info().rss / MB,
            "machine memory, %": float(psutil.virtual_memory().percent),
        }


def _psutil_process() -> Any:
    try:
        import psutil
    except ImportError:
        return None
    return psutil.Process()


def _memory_of_linux() -> dict[str, float]:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        lines = Path("/proc/meminfo").read_text().splitlines()
        machine = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        used = 100 * (1 - machine["MemAvailable"] / machine["MemTotal"])
        return {"process memory, MB": pages * os.sysconf("SC_PAGE_SIZE") / MB, "machine memory, %": used}
    except (OSError, ValueError, LookupError, AttributeError):
        return {}


def _graphics() -> dict[str, float]:
    cuda: Any = getattr(sys.modules.get("torch"), "cuda", None)
    # To ask earlier would begin what processes that are forked later cannot use.
    if cuda is None or not cuda.is_initialized():
        return {}
    found: dict[str, float] = {}
    cards = [card for card in range(cuda.device_count()) if cuda.memory_reserved(card) > 0]
    for card in cards:
        name = "GPU" if len(cards) == 1 else f"GPU {card}"
        free, total = cuda.mem_get_info(card)
        found[f"{name} memory, %"] = 100 * (1 - free / total)
        found[f"process {name} memory, MB"] = cuda.memory_reserved(card) / MB
        try:
            found[f"{name} use, %"] = float(cuda.utilization(card))
        except Exception:
            # Another package, and some drivers, are needed for it.
            continue
    return found
