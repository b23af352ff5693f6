"""The engineer's own training, in plain PyTorch; what clinicians have corrected is part of its data."""

from __future__ import annotations

import argparse
import os
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from imlkit import data_store
from imlkit.apps.skin.lesions import LABELS, lesions
from imlkit.apps.skin.network import network, prepare
from imlkit.training import TorchCallback, store_dataset

SHARE = 0.25
"""How much of a batch the clinicians' cases may be: they are few, and they are what matters there."""


def main(arguments: list[str] | None = None) -> None:
    """Train once."""
    options = parser().parse_args(arguments)
    if options.data:
        os.environ["IMLKIT_DATA"] = options.data
    torch.manual_seed(options.seed)
    store = data_store("skin")

    # Drawn images stand in for the clinic's; those that a clinician has judged come from the store.
    images, classes = tensors(lesions(options.images))
    checks, known = tensors(lesions(200, seed=1_000_000))
    judged = store_dataset(store, "dataset/cases", ("x", "y"), {"y": {"$in": list(LABELS)}})
    cases, diagnoses = tensors([judged[number] for number in range(len(judged))])
    collection = store.collection("dataset/cases")
    corrected = collection.count({"agreed": False, "y": {"$in": list(LABELS)}})
    print(f"The store is {store.location}")
    if left_out := collection.count() - len(judged):
        print(f"{left_out} cases are left out: the network knows {' and '.join(LABELS)} alone. Relabel them.")
    print(f"{len(images)} drawn images; {len(cases)} cases that clinicians judged, {corrected} corrected")

    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=options.rate)
    params = {
        "labels": list(LABELS),
        "rate": options.rate,
        "batch": options.batch,
        "images": len(images),
        "cases": len(cases),
        "corrections": corrected,
    }
    name = options.name or f"run {store.collection('runs').count() + 1}, {len(cases)} judged cases"
    with TorchCallback(
        store, name, model, optimizer, epochs=options.epochs, keep=3, by="validation_loss", params=params
    ) as callback:
        for number, label in enumerate(LABELS):
            callback.run.log_image(f"a {label}, drawn", (images[number] + 1) / 2)
        for epoch in range(1, options.epochs + 1):
            model.train()
            for rows in torch.randperm(len(images)).split(options.batch):
                x, y = images[rows], classes[rows]
                if len(cases):
                    some = torch.randint(len(cases), (max(1, int(SHARE * len(rows))),))
                    x, y = torch.cat([x, cases[some]]), torch.cat([y, diagnoses[some]])
                loss = cross_entropy(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                callback.on_batch_end(loss=loss)
            validation_loss, accuracy, counts = checked(model, checks, known)
            callback.run.log_histograms(model)
            callback.on_epoch_end(epoch, validation_loss=validation_loss, validation_accuracy=accuracy)
            callback.run.log_confusion("validation", counts, LABELS)
            if callback.stopping:
                break
    print(f"trained: {accuracy:.1%} of {len(checks)} drawn images are named rightly")


def checked(model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> tuple[float, float, torch.Tensor]:
    """Return the loss, the accuracy, and how often each class was given for each."""
    model.eval()
    with torch.no_grad():
        outputs = model(x)
    named = outputs.argmax(1)
    counts = torch.bincount(len(LABELS) * y + named, minlength=len(LABELS) ** 2).reshape(len(LABELS), -1)
    return cross_entropy(outputs, y).item(), (named == y).float().mean().item(), counts


def tensors(examples: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return images and the numbers of their classes."""
    if not examples:
        return torch.empty(0), torch.empty(0, dtype=torch.long)
    images, labels = zip(*examples, strict=True)
    return torch.stack(list(map(prepare, images))), torch.tensor([LABELS.index(label) for label in labels])


def parser() -> argparse.ArgumentParser:
    """Return what the command line may say."""
    parser = argparse.ArgumentParser(prog="train.py", description=__doc__)
    parser.add_argument("--data", help="the folder that the store is in; left out, the current one")
    parser.add_argument("--name", help="what to call the run")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rate", type=float, default=0.003, help="the learning rate")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--images", type=int, default=800, help="how many drawn images to train on")
    parser.add_argument("--seed", type=int, default=0)
    return parser


if __name__ == "__main__":
    main()
