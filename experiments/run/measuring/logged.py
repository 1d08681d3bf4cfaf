"""`stagewise measure` on samples that lm-evaluation-harness logged: nothing is asked."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from domains.errors import DataError
from domains.example import Example
from domains.frozen import fingerprint
from experiments.analysis.checkup.assembly import build_checkup
from experiments.analysis.checkup.build import lost_items
from experiments.analysis.checkup.model import Checkup, Examinee
from experiments.measures.lm_eval import LoggedTask, paired, read_tasks, sample_files, task_of

SOURCE = "samples that lm-evaluation-harness logged"


def logged(names: Sequence[str], base: Path) -> Checkup:
    """The report of one or two files, or folders of files; relative ones start at `base`. Raises DataError."""
    files = [_files(name, base) for name in names]
    alone = len(names) > 1 and all(len(each) == 1 for each in files)
    tasks = [{name: task for file in each for name, task in read_tasks(file, alone=alone).items()} for each in files]
    shared = [name for name in tasks[0] if all(name in one for one in tasks)]
    if not shared:
        hint = f"There are {', '.join(tasks[0])}, and {', '.join(tasks[-1])}."
        raise DataError("the two have no task and metric in common", key="MODEL", value=list(names), hint=hint)
    kept = {name: paired(tasks[0][name], tasks[-1][name], name) for name in shared}
    scores = [{name: one[name].score(kept[name]) for name in shared} for one in tasks]
    lost = {}
    if len(tasks) == 2:
        for name, keys in kept.items():
            first, second = (one[name] for one in tasks)
            items = [Example(prompt=first.items[key].prompt, answer=first.items[key].target) for key in keys]
            said = [[each.items[key].answer for key in keys] for each in (first, second)]
            lost[name] = lost_items(items, [one[name] for one in scores], said)
    models = [_examinee(name, each) for name, each in zip(names, files, strict=True)]
    return build_checkup(SOURCE, models, scores, lost, _notes(tasks, kept))


def _files(name: str, base: Path) -> list[Path]:
    found = sample_files(base / Path(name).expanduser())
    if not found:
        raise DataError(
            f"without --domains this must be {SOURCE}: a .jsonl file, or a folder of samples_*.jsonl",
            key="MODEL",
            value=name,
            hint="To measure models, name the file of the domains: --domains FILE.",
        )
    return found


def _examinee(name: str, files: Sequence[Path]) -> Examinee:
    content = [[task_of(file), sha256(file.read_bytes()).hexdigest()] for file in files]
    return Examinee(name=name, identity=fingerprint(["logged", content]), access=None, kept=True, seconds=0.0, when="")


def _notes(tasks: Sequence[dict[str, LoggedTask]], kept: dict[str, list[str]]) -> list[str]:
    """What only one of the two holds."""
    every = sorted({name for one in tasks for name in one})
    notes = [f"{name} is in one of the two only and left out." for name in every if name not in kept]
    for name, keys in kept.items():
        lacking = max(len(one[name].items) for one in tasks) - len(keys)
        if lacking:
            notes.append(f"{name}: {lacking:,} item{'s' * (lacking != 1)} in one of the two only and left out.")
    return notes
