"""What can be wrong with what an analyst gives, told so that it can be mended."""

from __future__ import annotations


class EffectError(ValueError):
    """A figure cannot be made from this. The message names the column, the row where there is one, and a remedy."""


class BadDesign(EffectError):
    """The design does not fit the data, or contradicts itself."""


class BadData(EffectError):
    """A column is not there, or holds what cannot be counted with."""


class NotAnswerable(EffectError):
    """The cube does not hold the sums that the estimate needs, or the sample is too small for it."""


class NoSolution(EffectError):
    """A calibration, suppression or model found no answer: the conditions contradict each other."""
