"""The tables of a classification report on the page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from panel.pane import HTML

from .share_words import percent

if TYPE_CHECKING:
    from .classification_report import Score
    from .metrics import ClassScore

__all__ = ["ReportTables", "report_html"]

STYLE = """
:host { color: var(--mui-palette-text-primary, inherit); font-family: var(--bokeh-base-font); font-size: 1rem;
  line-height: 1.4; }
.scroll { max-height: min(75vh, 44em); max-width: 100%; overflow: auto; width: fit-content; }
.scroll:focus-visible { outline: 2px solid var(--mui-palette-primary-main, #0072b2); }
.scroll + .scroll { margin-top: 16px; }
table { border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; }
caption { font-weight: 600; padding-bottom: 4px; text-align: left; }
th, td { border-bottom: 1px solid var(--mui-palette-divider, #8886); padding: 4px 10px; text-align: right;
  white-space: nowrap; }
th { background: var(--mui-palette-background-paper, Canvas); font-weight: 600; }
thead th { position: sticky; top: 0; }
tbody th { font-weight: 400; left: 0; max-width: 14em; overflow: hidden; position: sticky; text-align: left;
  text-overflow: ellipsis; }
th:last-child.words, td.words { max-width: 24em; min-width: 12em; text-align: left; white-space: normal; }
.first { border-left: 1px solid var(--mui-palette-divider, #8886); }
.small { color: var(--mui-palette-text-secondary, #666); font-size: 0.875rem; margin: 8px 0 0; }
"""


class ReportTables(HTML):
    """One table of the models, and one of the classes."""

    def __init__(self) -> None:
        super().__init__("", sizing_mode="stretch_width", stylesheets=[STYLE], margin=0)  # type: ignore[no-untyped-call]

    def present(self, scores: Sequence[Score]) -> None:
        """Show these scores."""
        self.object = report_html(scores)


def report_html(scores: Sequence[Score]) -> str:
    """Return scores as HTML, in which titles and labels are text."""
    compared = [score for score in scores if score.accuracy is not None]
    parts = [_models(scores)]
    if compared:
        parts.append(_classes(compared))
        if any(None in (row.precision, row.recall, row.f1) for score in compared for row in score.classes):
            parts.append(
                '<p class="small">– is not defined: the class was never predicted, or no instance truly is '
                "of it.</p>"
            )
    return "".join(parts)


def _models(scores: Sequence[Score]) -> str:
    rows = "".join(_model(score) for score in scores)
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Accuracy of each model"><table>'
        "<caption>Accuracy</caption><thead><tr>"
        '<th scope="col">Model</th><th scope="col">Accuracy</th><th scope="col">95 % interval</th>'
        '<th scope="col">Right</th><th scope="col" class="words">Predictions</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _model(score: Score) -> str:
    reached = score.accuracy
    numbers = (
        ("–", "–", "–")
        if reached is None
        else (
            percent(reached.share, 1),
            f"{percent(reached.low, 1)} to {percent(reached.high, 1)}",
            f"{reached.right:,} of {reached.total:,}",
        )
    )
    cells = "".join(f"<td>{escape(number)}</td>" for number in numbers)
    title = escape(score.title)
    return (
        f'<tr><th scope="row" title="{title}">{title}</th>{cells}'
        f'<td class="words">{escape(score.standing)}</td></tr>'
    )


def _classes(scores: Sequence[Score]) -> str:
    titles = "".join(
        f'<th scope="colgroup" colspan="4" class="first">{escape(score.title)}</th>' for score in scores
    )
    columns = (
        '<th scope="col" class="first">Instances</th><th scope="col">Precision</th>'
        '<th scope="col">Recall</th><th scope="col">F1</th>'
    ) * len(scores)
    rows = "".join(_class([score.classes[n] for score in scores]) for n in range(len(scores[0].classes)))
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Scores of each class"><table>'
        "<caption>Each class</caption>"
        f'<thead><tr><th scope="col" rowspan="2">Class</th>{titles}</tr><tr class="second">{columns}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _class(rows: Sequence[ClassScore]) -> str:
    label = escape(rows[0].label)
    cells = "".join(
        f'<td class="first">{row.support:,}</td>'
        + "".join(f"<td>{escape(percent(share, 1))}</td>" for share in (row.precision, row.recall, row.f1))
        for row in rows
    )
    return f'<tr><th scope="row" title="{label}">{label}</th>{cells}</tr>'
