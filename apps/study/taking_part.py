"""A participant's page: where they are in the study, and how they leave it."""

from __future__ import annotations

from datetime import UTC, datetime

from imlkit import EventLog, Session, Stream
from imlkit.apps.study.guide import StudyGuide
from imlkit.apps.study.participants import Participant
from imlkit.question import Question

__all__ = ["TakingPart"]

SURE = (
    "Your drawings, what the computer learned, your answers and all that was kept of what you did will be "
    "removed at once. This cannot be undone."
)


class TakingPart:
    """Keeps where a participant is, with an event for each step, and removes all of theirs when they ask.

    Args:
        guide: the pages.
        participant: whose they are.
        log: of their events.
    """

    def __init__(self, guide: StudyGuide, participant: Participant, log: EventLog) -> None:
        self.guide, self.participant, self.log = guide, participant, log
        self.session = Session.current()
        self._step = ""
        self._gone: Stream[bool] = Stream(False)
        guide.in_bar("Withdraw…", self._ask)
        self._withdrawals: Stream[bool] = Stream()
        self._withdrawals.compute(lambda _: self._withdraw(), policy="drop")
        self._gone.filter(bool).compute(lambda _: self._sweep(), policy="drop").subscribe(
            lambda _: guide.leave("?withdrawn=1")
        )
        unwatch = participant.when_gone(lambda: self.session.on_page(self._leave))
        self.session.at_end(unwatch)
        self.session.at_end(self._end)

    def resume(self) -> None:
        """Go to where they were, once the steps are there, and follow them from now on."""
        self.log.record("open")
        if self.participant.step:
            self.guide.current.set(self.participant.step)
        self.guide.current.filter(self._is_new).compute(self._keep_step)
        self.guide.finished.compute(lambda _: self._finish())

    def _is_new(self, step: str) -> bool:
        before, self._step = self._step, step
        return step != before

    def _keep_step(self, step: str) -> None:
        self.log.record("step", step=step)
        self.participant.note(step=step)

    def _finish(self) -> None:
        self.log.record("finish")
        if self.participant.finished is None:
            self.participant.finished = datetime.now(UTC)
            self.participant.note(finished=self.participant.finished)

    def _ask(self) -> None:
        answers = {
            "Stay in the study": lambda: None,
            "Remove everything": lambda: self._withdrawals.set(True),
        }
        self.session.ask(Question("Withdraw from the study?", SURE, answers, destructive=True))

    def _withdraw(self) -> None:
        self.log.flush()
        self.participant.erase()
        self.session.on_page(self._leave)

    def _leave(self) -> None:
        if not self._gone.value:
            self._gone.set(True)

    def _sweep(self) -> None:
        """Remove what was on its way while everything was removed, on this page or another one of theirs."""
        self.log.dispose()
        self.log.flush()
        self.participant.erase()

    def _end(self) -> None:
        if self._gone.value:
            self._sweep()
