"""Measure everything and print one table: ``python -m tests.benchmarks [NAME ...]``."""

from __future__ import annotations

import importlib
import sys

NAMES = ("streams", "stores", "models", "browser", "strokes", "serving")
"""What every run of the tests measures."""

SLOWER = (
    "batch_prediction",
    "mobilenet",
    "active_help",
    "large_dataset",
    "camera",
    "linked_tables",
    "exported_page",
    "served_charts",
    "explored_images",
    "shared_stores",
    "store_assets",
    "store_load",
    "runs",
    "run_views",
    "store_reading",
)
"""What only the table measures: it takes minutes."""


def main(names: list[str]) -> int:
    """Print the table of the named benchmarks; return 1 where a bar is missed."""
    met = True
    print("| what | must show | measured | |\n|---|---|---|---|")
    for name in names or (*NAMES, *SLOWER):
        for what, bar, value, holds in importlib.import_module(f"tests.benchmarks.{name}").rows():
            verdict = "" if bar.endswith("no bar") else "met" if holds else "MISSED"
            print(f"| {what} | {bar} | {value:.3g} | {verdict} |", flush=True)
            met = met and holds
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
