"""What is left out of loading, for speed, is missed by nobody."""

from __future__ import annotations

import subprocess
import sys

DRAWS = """
from imlkit.cli.loading import load_parts

load_parts(needs_material=True)
from bokeh.model import Model
from bokeh.models import Range1d
from bokeh.plotting import figure

line = figure().line([1, 2], [3, 4])
print(list(line.data_source.data), [name for name in ("start", "end") if name in
    {parameter.name for parameter, *_ in Range1d.parameters()}], len(Model.parameters()) > 0)
"""


def test_drawing_methods_take_positions_and_models_know_their_parameters() -> None:
    done = subprocess.run([sys.executable, "-c", DRAWS], capture_output=True, text=True, check=False)

    assert (done.stdout.strip(), done.stderr) == ("['x', 'y'] ['start', 'end'] True", "")
