"""`stagewise measure`: given models on the test split of a file's domains, in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from domains.frozen import fingerprint
from experiments.analysis.checkup.assembly import build_checkup
from experiments.analysis.checkup.build import lost_items
from experiments.analysis.checkup.model import Checkup, Examinee
from experiments.analysis.checkup.words import NAME
from experiments.analysis.notes.cut_notes import cut_answers
from experiments.analysis.words import short
from experiments.measures.examination import examination
from experiments.nodes.examined import SPLIT, Examined
from experiments.nodes.suite import Suite
from experiments.report.checkup import render_checkup
from experiments.run.job import Prepared
from experiments.run.measuring.desk import Desk, Hears
from experiments.store import Store
from experiments.store.examined import find, keep

if TYPE_CHECKING:
    from experiments.models.subjects.given import Given


@dataclass(frozen=True)
class Examination:
    """What one model said on every domain."""

    model: Given
    identity: str
    found: dict[str, Examined]
    kept: bool
    """Whether nothing had to be asked."""

    @property
    def as_examinee(self) -> Examinee:
        """For the report."""
        return Examinee(
            name=self.model.name,
            identity=self.identity,
            access=self.model.access,
            kept=self.kept,
            seconds=sum(one.seconds for one in self.found.values()),
            when=max(one.when for one in self.found.values()),
        )


def examine_model(model: Given, desk: Desk) -> Examination:
    """Ask what the store does not hold yet; a domain is kept as soon as it is done. Raises StageError, StoreError."""
    identity, setup = model.identity, desk.prepared.setup
    suites = {name: examination(setup, name, model.access) for name in setup.domains}
    found = {name: one for name, suite in suites.items() if (one := find(desk.store, identity, suite.id))}
    missing = {name: suite for name, suite in suites.items() if name not in found}
    if missing:
        found |= _asked(model, identity, missing, desk)
    return Examination(model, identity, {name: found[name] for name in suites}, kept=not missing)


def _asked(model: Given, identity: str, missing: dict[str, Suite], desk: Desk) -> dict[str, Examined]:
    from experiments.worker.examine import examine

    subject, prepared = desk.load(model), desk.prepared
    found = {}
    for at, (name, suite) in enumerate(missing.items(), start=1):
        place = f"{model.name}: {name} ({at} of {len(missing)})"
        one = examine(
            subject,
            identity,
            suite,
            prepared.setup,
            prepared.data[name],
            store=desk.store,
            gpus=desk.gpus,
            told=partial(_told_at, desk.told, place),
        )
        keep(desk.store, one)
        desk.done(f"{place}  {one.seconds:.0f} s")
        found[name] = one
    return found


def _told_at(told: Hears, place: str, what: str) -> None:
    told(f"{place}, {what} …")


def checkup_of(file: Path, prepared: Prepared, examined: Sequence[Examination], notes: Sequence[str] = ()) -> Checkup:
    """The report of one model, or of two, the second against the first."""
    scores = [{name: found.score for name, found in one.found.items()} for one in examined]
    lost = {}
    if len(examined) == 2:
        lost = {
            name: lost_items(
                prepared.data[name][SPLIT],
                [one[name] for one in scores],
                [one.found[name].answers for one in examined],
            )
            for name in scores[0]
        }
    cut = _cut(prepared, examined)
    return build_checkup(str(file), [one.as_examinee for one in examined], scores, lost, [*notes, *cut])


def _cut(prepared: Prepared, examined: Sequence[Examination]) -> list[str]:
    """Of each model the domains on which many of its answers were cut off."""
    notes: list[str] = []
    for one in examined:
        whose = f"the answers of {short(one.model.name, NAME)}" if len(examined) > 1 else "the answers"
        notes += cut_answers(prepared.setup, {name: each.score for name, each in one.found.items()}, whose)
    return list(dict.fromkeys(notes))


def write_checkup(store: Store, found: Checkup) -> str:
    """measure.html and measure.json in a folder of the store, whose URL is returned. Raises StoreError."""
    folder = f"measured/{fingerprint([found.file, [one.identity for one in found.models]])[:8]}"
    store.write_run(folder, "measure.html", render_checkup(found))
    store.write_run(folder, "measure.json", found.model_dump_json(indent=1))
    return f"{store.url}/{folder}"
