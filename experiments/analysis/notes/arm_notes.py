"""What a reader of an arm has to know: what is not equal in it, domains that a stage names and does not train on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from curricula.stage import Schedule
from domains.listed import listed

SHOWN_STAGES = 5


def arm_notes(schedule: Schedule) -> tuple[str, ...]:
    """One sentence for each thing that is not equal, and each way in which shares round to no prompt."""
    found: dict[str, list[int]] = {}
    for number, stage in enumerate(schedule.stages, start=1):
        if stage.undrawn:
            names = ", ".join(f"{name} ({100 * stage.mixture[name]:.2g} %)" for name in stage.undrawn)
            found.setdefault(f"none of {sum(stage.examples.values()):,} prompts from {names}", []).append(number)
    rounded = (f"{_stages(numbers)} {what}: that share rounds to nothing." for what, numbers in found.items())
    return (*(f"Not equal to the schedule: {one}." for one in schedule.unequal), *rounded)


def all_notes(schedules: Iterable[Schedule]) -> tuple[str, ...]:
    """The notes of several arms, each with its arm's name before it."""
    return tuple(f"{arm.name}: {note}" for arm in schedules for note in arm_notes(arm))


def shared_notes(notes: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Arm → its notes, as lines in which every note stands once, behind the arms that it is true of."""
    arms: dict[str, list[str]] = {}
    for arm, each in notes.items():
        for note in each:
            arms.setdefault(note, []).append(arm)
    return tuple(f"{listed(names)}: {note}" for note, names in arms.items())


def _stages(numbers: Sequence[int]) -> str:
    """``Stage 2 draws``, ``Stages 2, 3 and 4 draw``, ``Stages 1, 2, 3, 4, 5 and 7 more draw``."""
    if len(numbers) == 1:
        return f"Stage {numbers[0]} draws"
    shown = [str(number) for number in numbers[:SHOWN_STAGES]]
    more = len(numbers) - len(shown)
    last = f"{more} more" if more else shown.pop()
    return f"Stages {', '.join(shown)} and {last} draw"
