"""Measures of recorded outputs. A new one is a file of its own and a line here: CONTRIBUTING.md has an example.

What was recorded before is measured anew for it: nothing is trained, and no answer asked again.
"""

from __future__ import annotations

from collections.abc import Mapping

from experiments.measures import repetition, shortcuts, variety, vendi
from experiments.measures.of_outputs import OutputMeasure
from experiments.measures.spec import Name

OF_OUTPUTS: Mapping[Name, OutputMeasure] = {
    "distinct2": variety.DISTINCT2,
    "compression": variety.COMPRESSION,
    "distance": variety.DISTANCE,
    "vendi": vendi.VENDI,
    "rep3": repetition.REP3,
    "early_answer": shortcuts.EARLY_ANSWER,
    "right_length": shortcuts.RIGHT_LENGTH,
}
