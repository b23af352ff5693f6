"""Processes that train one model together."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from imlkit.location import data_store
from imlkit.training import Runs
from imlkit.training.run_record import COMMANDS
from tests.e2e.served import until

TOGETHER = """
import sys
import torch
from torch import distributed
from imlkit.training import TorchCallback

distributed.init_process_group("gloo")
torch.manual_seed(0)
model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(2, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
with TorchCallback(sys.argv[1], "together", model, optimizer, every=0) as callback:
    epoch = 0
    while not callback.stopping:
        epoch += 1
        for _ in range(20):
            loss = model(torch.ones(4, 2) * (distributed.get_rank() + 1)).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            callback.on_batch_end(loss=loss.detach())
        callback.on_epoch_end(epoch)
print("rank", distributed.get_rank(), "epoch", epoch, "rate", optimizer.param_groups[0]["lr"], flush=True)
distributed.destroy_process_group()
"""


@pytest.mark.slow
def test_processes_of_torchrun_log_once_and_stop_and_take_a_rate_together(tmp_path: Path) -> None:
    script, place = tmp_path / "together.py", tmp_path / "runs"
    script.write_text(TOGETHER)
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    command += ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0", str(script), str(place)]
    with (tmp_path / "said").open("w+") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, text=True)
        store = data_store(place)
        try:
            runs = Runs(store)
            until(lambda: any((record.epoch or 0) > 0 for record in runs.read()), 120)
            (record,) = runs.read()
            for kind, value in (("rate", 0.05), ("stop", None)):
                id = runs.ask(record.id, kind, value)
                until(lambda: store.collection(COMMANDS).get(id)["state"] == "done", 60)  # noqa: B023
            assert process.wait(60) == 0
            (record,) = runs.read()
            assert record.state == "stopped"
            steps = runs.curves(record.id)["loss"].step.tolist()
            assert steps == sorted(set(steps))
        finally:
            process.kill()
            process.wait()
            store.close()
        said.seek(0)
        ends = sorted(line.split() for line in said if line.startswith("rank"))
    assert [end[1] for end in ends] == ["0", "1"]
    assert ends[0][2:] == ends[1][2:]
    assert ends[0][-1] == "0.05"
