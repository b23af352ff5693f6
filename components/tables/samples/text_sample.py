"""Texts, and every value that nothing else shows, in words."""

from __future__ import annotations

from typing import Any

from imlkit.tables.samples.sample_type import Sample, SampleType

from .value_words import in_short, in_words

__all__ = ["TextSample"]

SHORT = 400
LONG = 1_000_000


class TextSample(SampleType):
    """A text as it is, shortened in small."""

    kind = "text"

    def preview(self, value: Any, size: int) -> Sample:
        """Return the beginning of the text."""
        return Sample("text/plain", None, in_short(value, SHORT))

    def detail(self, value: Any) -> Sample:
        """Return the text, up to a million characters."""
        text = in_words(value)
        if len(text) > LONG:
            text = f"{text[:LONG]}… (the first {LONG:,} of {len(text):,} characters)"
        return Sample("text/plain", None, text)
