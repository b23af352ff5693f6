"""How a training does what pages ask of it."""

from __future__ import annotations

import logging
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ..store import Store
from .processes import set_rate
from .recorder import Recorder
from .run_record import COMMANDS
from .steering import Command, Steering

if TYPE_CHECKING:
    from torch.optim import Optimizer

__all__ = ["Obeying"]

log = logging.getLogger("imlkit")

LOOK: Final = 0.5
"""Seconds between two looks of a paused training."""


class Obeying:
    """Does what pages ask of one run, on the training's own thread.

    Args:
        store: where they ask.
        run: the run's id.
        name: what it is called.
        recorder: what answers and tells of it.

    Attributes:
        stopping: whether the training is to stop after this epoch.
    """

    def __init__(self, store: Store, run: str, name: str, recorder: Recorder) -> None:
        self._steering = Steering(store, run)
        self._run = run
        self._name = name
        self._recorder = recorder
        self.stopping = False

    def obey(self, optimizer: Optimizer | None) -> None:
        """Do what was asked since the last time; wait while the training is to pause.

        Args:
            optimizer: whose learning rate may be changed; None where there is none.
        """
        steering = self._steering
        if not steering.heard.is_set():
            return
        paused = False
        while True:
            command = steering.take()
            if command is not None:
                paused = self._do(command, optimizer, paused)
            elif paused:
                steering.heard.wait(LOOK)
            else:
                return

    def close(self) -> None:
        """Hear nothing more; what was asked too late is answered."""
        self._steering.close()
        asked = {"run": self._run, "state": "asked"}

        def refuse(store: Store) -> None:
            commands = store.collection(COMMANDS)
            for command in commands.find(asked):
                commands.patch(command["id"], _answer("The run has ended.", done=False))

        self._recorder.do(refuse)

    def _do(self, command: Command, optimizer: Optimizer | None, paused: bool) -> bool:
        """Do one thing and answer; return whether the training is paused then."""
        match command.kind:
            case "pause":
                self._state("paused")
                self._answer(command, "Paused.")
                return True
            case "resume":
                self._state("running")
                self._answer(command, "Goes on.")
                return False
            case "stop":
                self.stopping = True
                self._state("running")
                self._answer(command, "Stops after this epoch.")
                return False
            case _:
                self._take_rate(command, optimizer)
                return paused

    def _take_rate(self, command: Command, optimizer: Optimizer | None) -> None:
        rate = command.value
        if optimizer is None:
            words = "The training does not say whose learning rate this is: give run.epochs(…) its optimizer."
            self._answer(command, words, done=False)
        elif rate is None or not math.isfinite(rate) or rate < 0:
            self._answer(command, f"{rate!r} is no learning rate: give a number from 0 on.", done=False)
        else:
            set_rate(optimizer, rate)
            self._answer(command, f"The learning rate is {rate:g}.")

    def _state(self, state: str) -> None:
        self._recorder.say({"state": state}, at_once=True)

    def _answer(self, command: Command, said: str, done: bool = True) -> None:
        log.info("A page asked the run %r to %s: %s", self._name, command.kind, said)
        answer = _answer(said, done)
        self._recorder.do(lambda store: store.collection(COMMANDS).patch(command.id, answer))


def _answer(said: str, done: bool) -> dict[str, Any]:
    return {"state": "done" if done else "refused", "said": said, "answered": datetime.now(UTC)}
