"""Every verdict on a change of score: what people read, and what kind of news it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from experiments.analysis.cliffs.model import CliffVerdict

Kind = Literal["worse", "undecided", "better", "", "unfinished"]
"""A loss; a fall that something explains; a gain; no sure change; too little to say. Pages colour by it."""


@dataclass(frozen=True)
class VerdictSpec:
    """One verdict; `docs/cliffs.md` says when it is reached."""

    name: str
    plural: str
    kind: Kind


VERDICTS: Mapping[CliffVerdict, VerdictSpec] = {
    "real_cliff": VerdictSpec("real cliff", "real cliffs", "worse"),
    "real_drop": VerdictSpec("real drop", "real drops", "worse"),
    "gradual_loss": VerdictSpec("gradual loss", "gradual losses", "worse"),
    "metric_artifact": VerdictSpec("metric artifact", "metric artifacts", "undecided"),
    "execution_artifact": VerdictSpec("execution artifact", "execution artifacts", "undecided"),
    "format_artifact": VerdictSpec("format artifact", "format artifacts", "undecided"),
    "form_lost": VerdictSpec("form lost", "form lost", "worse"),
    "gain": VerdictSpec("gain", "gains", "better"),
    "noise": VerdictSpec("no sure change", "no sure change", ""),
    "underpowered": VerdictSpec("underpowered", "underpowered", "unfinished"),
}
DROPS = frozenset(verdict for verdict, spec in VERDICTS.items() if spec.kind == "worse")
"""What breaks a build: a sure fall that nothing explains, or of which nothing is left to explain it."""
FALLS = DROPS | {verdict for verdict, spec in VERDICTS.items() if spec.kind == "undecided"}
"""Every sure fall."""
