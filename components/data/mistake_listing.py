"""What a person sees of a model's mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .instance_set import InstanceSet
from .judgements import Judgements, Mistake
from .thumbnails import Thumbnail, Thumbnails

__all__ = ["Found", "MistakeListing", "list_mistakes"]


@dataclass(frozen=True, slots=True)
class MistakeListing:
    """One page of a model's mistakes, and what there is to say about all of them.

    Attributes:
        mistakes: those of the page, the surest first.
        pictures: how each looks, by id.
        unlearned: ids of those whose class the model has not learned.
        page: which page this is, from 1.
        pages: how many there are.
        wrong: how many mistakes there are in all, those kept not counted.
        kept: how many a person has kept as they are.
        judged: how many labelled instances the model has judged.
        left_out: how many it could not.
        problem: why not, for one of them.
        trained: whether the model could predict.
        instances: how many instances there are, labelled or not.
        stopped: whether the person stopped the checking before all were judged.
    """

    mistakes: tuple[Mistake, ...] = ()
    pictures: Mapping[str, Thumbnail] = field(default_factory=dict)
    unlearned: frozenset[str] = frozenset()
    page: int = 1
    pages: int = 1
    wrong: int = 0
    kept: int = 0
    judged: int = 0
    left_out: int = 0
    problem: str = ""
    trained: bool = False
    instances: int = 0
    stopped: bool = False

    def summary(self) -> str:
        """Return how much it gets wrong; empty where there is nothing to show."""
        if not self.mistakes:
            return ""
        if self.judged == 1:
            said = "It names your only example differently than you did."
        else:
            said = f"It names {self.wrong:,} of {self.judged:,} examples differently than you did."
            if self.wrong > 1:
                said += " Those it is surest of come first."
        return said + self._beside()

    def hint(self) -> str:
        """Return what to do about the mistakes; empty where there are none."""
        if not self.mistakes:
            return ""
        return (
            "Examples it was trained on are shown too. Where the label is wrong, correct it here. Where it "
            "is right, keep it, and add more examples like these. Then train again."
        )

    def empty(self) -> str:
        """Return what to do where no mistake is shown."""
        if self.mistakes:
            return ""
        if not self.trained:
            first = "Train it" if self.instances else "Add examples of at least two classes, then train"
            return f"Not trained yet. {first}: the examples that it gets wrong appear here."
        if not self.judged:
            if self.left_out or self.stopped:
                return "None of the examples could be checked." + self._beside()
            return "There is no labelled example to check. Add some: those that it gets wrong appear here."
        proof = " That is no proof that it will name new ones: try it."
        if self.kept:
            these = "and that one" if self.kept == 1 else f"and those {self.kept:,}"
            said = (
                f"It names all but {self.kept:,} of {self.judged:,} examples as you did, {these} you kept as "
                f"{'it is' if self.kept == 1 else 'they are'}. Add more examples like "
                f"{'it' if self.kept == 1 else 'them'}, then train again."
            )
            return said + self._beside()
        examples = "your only example" if self.judged == 1 else f"all {self.judged:,} examples"
        return f"It names {examples} as you did.{proof}" + self._beside()

    def _beside(self) -> str:
        if self.stopped:
            return " The check was stopped before it had seen them all: train again to check the rest."
        if not self.left_out:
            return ""
        be = "was" if self.left_out == 1 else "were"
        return f" {self.left_out:,} {be} left out. {self.problem}".rstrip()


Found = tuple[MistakeListing, tuple[Mistake, ...]]
"""What to show, and all mistakes."""


def list_mistakes(
    judgements: Judgements,
    kept: Mapping[str, int],
    dataset: InstanceSet,
    page: int,
    size: int,
    stopped: bool,
) -> Found:
    """Return one page of a model's mistakes, and all of them.

    Args:
        judgements: what the model says.
        kept: instances to pass over, each with its content of when it was put aside.
        dataset: where the instances are.
        page: which page to show, from 1; the last where there are fewer.
        size: how many mistakes a page has.
        stopped: whether some instances were not judged.
    """
    mistakes = tuple(judgements.mistakes(kept))
    pages = max(1, -(-len(mistakes) // size))
    page = min(max(1, page), pages)
    shown = mistakes[(page - 1) * size : page * size]
    listing = MistakeListing(
        mistakes=shown,
        pictures=Thumbnails.of(dataset).get(dataset, [one.id for one in shown]),
        unlearned=frozenset(
            one.id for one in shown if (judged := judgements.get(one.id)) and not judged.learned
        ),
        page=page,
        pages=pages,
        wrong=len(mistakes),
        kept=len(judgements.mistakes({})) - len(mistakes),
        judged=len(judgements),
        left_out=len(judgements.left_out),
        problem=judgements.problem,
        trained=True,
        instances=dataset.count(),
        stopped=stopped,
    )
    return listing, mistakes
