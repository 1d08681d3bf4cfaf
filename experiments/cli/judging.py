"""Whether a curriculum's judges and its paraphraser are of use, asked once before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from experiments.cli.preparing import own_cache
from experiments.cli.waiting import waiting

if TYPE_CHECKING:
    from experiments.run.job import Prepared


def judge_notes(prepared: Prepared, file: Path, sets: Sequence[str] | None, console: Console) -> tuple[str, ...]:
    """What each judge can tell, and the paraphraser say. Raises DataError, with file and line, for a judge that cannot
    be used.

    Its answers are kept in the user's cache, which every command may write.
    """
    from curricula.loader import at_line, at_set
    from domains.errors import DataError
    from domains.preparation import discernment
    from domains.preparation.paraphrase_tried import paraphraser_note
    from domains.rewards.judge import JudgeReward
    from experiments.store.answers import StoredAnswers
    from experiments.store.local import LocalFiles

    answers, notes = StoredAnswers(LocalFiles(own_cache().absolute())), []
    for name, spec in prepared.curriculum.domains.items():
        if not any(isinstance(reward, JudgeReward) for reward in spec.rewards):
            continue
        try:
            with waiting(console, f"Asking the judge of {name} …"):
                found = discernment.judge_notes(spec, prepared.data[name]["train"], answers)
        except DataError as error:
            moved = error.below(f"domains.{name}")
            raise at_set(at_line(moved, file, str(moved.key)), file, sets or ()) from error
        notes += [f"{name}: {note}" for note in found]
    if (who := prepared.curriculum.evaluation.paraphraser) is not None:
        with waiting(console, "Asking the paraphraser …"):
            for name, spec in prepared.curriculum.domains.items():
                if spec.final is not None:
                    notes.append(f"{name}: {paraphraser_note(who, spec.final, prepared.data[name]['train'], answers)}")
    return tuple(notes)
