"""What the winner of a search meets on fresh seeds."""

from __future__ import annotations

from collections.abc import Mapping

from curricula.schema import Curriculum
from curricula.stage import Role, Schedule
from experiments.run.findings import Findings, arms
from experiments.search.analysis.pairs import JOINT_SEARCHED, PLANNED, SEARCHED, rivals
from scheduler.arms import main_arm
from scheduler.composing.joint import JOINT, JOINT_PROBES, JOINT_TUNED, at_budget


def final_arms(
    curriculum: Curriculum, findings: Findings, searched: Schedule, joint_searched: Schedule | None
) -> tuple[Schedule, ...]:
    """The winner, the curriculum's own schedule, joint training in four ways, and what `baselines` has of joint
    training at other budgets, adaptive mixing and merging, as far as they can be made.

    `joint`, `joint-tuned` and `joint-probes` are those that ``stagewise run`` trains, whatever `baselines` asks for.
    """
    every = {"joint": True, "joint_tuned": True, "joint_probes": True}
    wanted = curriculum.model_copy(update={"baselines": curriculum.baselines.model_copy(update=every)})
    known: Mapping[str, Schedule] = {arm.name: arm for arm in arms(wanted, findings)}
    origin = "The schedule with the best expected validation score of all that were tried."
    found = [recast(searched, "main", SEARCHED, origin)]
    if main := known.get(main_arm(curriculum)):
        found.append(recast(main, "order", PLANNED, f"The curriculum's own schedule. {main.origin}"))
    found += [known[name] for name in (JOINT, JOINT_TUNED) if name in known]
    if joint_searched:
        origin = (
            "The best joint training that the same search found, with as many completions over joint training alone."
        )
        found.append(recast(joint_searched, "joint", JOINT_SEARCHED, origin))
    budgets = map(at_budget, dict.fromkeys(curriculum.baselines.joint_budgets))
    found += [known[name] for name in (JOINT_PROBES, *budgets, *rivals(curriculum)) if name in known]
    return tuple(found)


def recast(schedule: Schedule, role: Role, name: str, origin: str) -> Schedule:
    """The same stages as another arm."""
    return schedule.model_copy(update={"role": role, "name": name, "origin": origin})
