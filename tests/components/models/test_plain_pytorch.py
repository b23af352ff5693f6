"""The code that docs/plain_pytorch.md shows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

from imlkit.components.models.mlp_classifier import MLPClassifier
from tests.contracts.model_contract import LABELS, blobs, queries, trained

GUIDE = Path(__file__).parents[3] / "docs" / "plain_pytorch.md"

ASK = """
import sys
import numpy
assert not any(name.split(".")[0] == "imlkit" for name in sys.modules)
features = torch.from_numpy(numpy.load("features.npy"))
answers = [confidences(row[None])[0].tolist() for row in features]
print(json.dumps([card["labels"], answers]))
"""


def test_a_downloaded_model_runs_in_plain_pytorch_to_the_last_bit(tmp_path: Path) -> None:
    model = trained(MLPClassifier, blobs(LABELS, each=10))
    model.download(tmp_path / "model.safetensors")
    np.save(tmp_path / "features.npy", queries())
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    block = "import sys\nsys.modules['imlkit'] = None\n"
    forbidden = f"{block}{code}\ndel sys.modules['imlkit']\n{ASK}"
    done = subprocess.run(
        [sys.executable, "-I", "-c", forbidden], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    labels, answers = json.loads(done.stdout)
    assert labels == sorted(LABELS)
    assert answers == [list(model.predict(row).confidences.values()) for row in queries()]
