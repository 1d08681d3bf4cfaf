"""All measures of the cliff report and of `stagewise measure`, in the order of the page.

A new family is a file of its own and a line here; a new measure of recorded outputs is one in measures/table.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from experiments.analysis.cliffs import (
    believed,
    calculated,
    calibrated,
    chosen,
    embedded,
    entropy,
    flipped,
    formats,
    found,
    likelihood,
    of_outputs,
    reasoned,
    reworded,
    shortened,
)
from experiments.analysis.cliffs.family import Family, measures_of
from experiments.measures.spec import MeasureSpec, Name

FAMILIES: tuple[Family, ...] = (
    likelihood.FAMILY,
    chosen.FAMILY,
    calibrated.FAMILY,
    flipped.FAMILY,
    entropy.FAMILY,
    of_outputs.FAMILY,
    embedded.FAMILY,
    of_outputs.NARROWING,
    shortened.FAMILY,
    found.FAMILY,
    reasoned.FAMILY,
    reworded.FAMILY,
    believed.FAMILY,
    calculated.FAMILY,
    formats.FAMILY,
)
MEASURES: Mapping[Name, MeasureSpec] = measures_of(FAMILIES)
