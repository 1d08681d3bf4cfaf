"""Stages that are trained to learn about domains before any schedule is chosen."""

from __future__ import annotations

from curricula.schema import Curriculum
from curricula.stage import Schedule
from scheduler.composing.compose import compose
from scheduler.composing.joint import budget, joint
from scheduler.composing.left_out import probe_span
from scheduler.composing.pace import OwnProbe
from scheduler.composing.parts import even_stage
from scheduler.composing.rate_path import paced
from scheduler.grouping import units_of
from scheduler.measurements import Path
from scheduler.orderings import MEASURED

JOINT_PROBE = "probe+joint"
"""No domain or group has a plus in its name: what `probe-joint` is called is the probe of one that is named joint."""


def needs_probes(curriculum: Curriculum) -> bool:
    """Whether the schedule or a baseline rests on measured transfer or entropy."""
    spec = curriculum.schedule
    if spec.composition == "explicit":
        return False
    baselines = curriculum.baselines
    return spec.order in MEASURED or spec.leave_out == "auto" or bool(baselines.orders) or baselines.advised


def groups_of(curriculum: Curriculum) -> dict[str, Path]:
    """The groups of domains that are probed together; a group of one is that domain's own probe, and none here."""
    return {name: members for name, members in curriculum.schedule.probing.groups.items() if len(members) > 1}


def unit_probes(curriculum: Curriculum) -> dict[str, Schedule]:
    """What is probed, a domain or a group → one stage from the base. That of a domain is the first stage of the
    sequential schedules that begin with it."""
    groups = groups_of(curriculum)
    return {
        unit: _group_probe(curriculum, unit, groups[unit]) if unit in groups else _probe(curriculum, unit)
        for unit in units_of(tuple(curriculum.domains), groups)
    }


def probe_schedules(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """One stage a domain or group, in the order of their first domains."""
    return tuple(unit_probes(curriculum).values())


def own_probes(curriculum: Curriculum) -> dict[str, OwnProbe]:
    """Each domain's own probe, whether it is trained or its group's is."""
    return {name: OwnProbe.of(_probe(curriculum, name)) for name in curriculum.domains}


def joint_probe(curriculum: Curriculum) -> Schedule:
    """All domains mixed for as long as one domain's own stage on average."""
    like = compose(tuple(curriculum.domains), "sequential", curriculum, name="like", role="order")
    total = round(budget(like) / len(curriculum.domains))
    made = joint(curriculum, like, JOINT_PROBE, "What training on all domains together does.", total=total)
    return made.model_copy(update={"role": "probe", "times": None})


def first_probes(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """One stage a domain or group and, where it is asked for, one of all domains together."""
    mixed = (joint_probe(curriculum),) if mixes(curriculum) else ()
    return (*probe_schedules(curriculum), *mixed)


def mixes(curriculum: Curriculum) -> bool:
    """Whether there is a joint probe."""
    return curriculum.schedule.probing.joint and curriculum.schedule.composition != "explicit"


def _probe(curriculum: Curriculum, name: str) -> Schedule:
    origin = f"What training on {name} alone does to every domain."
    made = compose((name,), "sequential", curriculum, name=f"probe-{name}", role="probe", origin=origin)
    return _begun(curriculum, made)


def _group_probe(curriculum: Curriculum, name: str, members: Path) -> Schedule:
    """One stage, evenly on all members."""
    origin = f"What training on {', '.join(members)} together does to every domain, for as long as on one of them."
    stage = even_stage(curriculum, members)
    made = Schedule(name=f"probe-{name}", role="probe", stages=(stage,), composition="joint", origin=origin)
    return _begun(curriculum, made)


def _begun(curriculum: Curriculum, made: Schedule) -> Schedule:
    """Where one rate is laid over all stages, a probe is the beginning of such a schedule."""
    return paced(made, curriculum, probe_span(curriculum, made.steps))
