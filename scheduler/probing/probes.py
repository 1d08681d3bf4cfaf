"""Stages that are trained to learn about domains before any schedule is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from curricula.schema import Curriculum
from curricula.stage import Schedule
from scheduler.composing.compose import compose, paced
from scheduler.composing.joint import budget, joint
from scheduler.measurements import Path
from scheduler.orderings import MEASURED
from scheduler.path_text import order_text

JOINT_PROBE = "probe-joint"


def needs_probes(curriculum: Curriculum) -> bool:
    """Whether the schedule or a baseline rests on measured transfer or entropy."""
    spec = curriculum.schedule
    if spec.composition == "explicit":
        return False
    return spec.order in MEASURED or spec.leave_out == "auto" or bool(curriculum.baselines.orders)


def probes_further(curriculum: Curriculum) -> bool:
    """Whether the plan rests on more probes than one stage a domain."""
    spec = curriculum.schedule
    return spec.order == "bwt" and spec.composition != "explicit" and spec.probing.budget > 0


def known_left_out(curriculum: Curriculum) -> tuple[str, ...]:
    """Domains that the curriculum itself leaves out: by name, or by not naming them in `given`."""
    spec = curriculum.schedule
    named = set() if isinstance(spec.leave_out, str) else set(spec.leave_out)
    if spec.order == "given" and spec.given is not None:
        named |= set(curriculum.domains) - set(spec.given)
    return tuple(name for name in curriculum.domains if name in named)


def probe_schedules(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """One stage a domain, from the base: the first stages of the sequential schedules."""
    return tuple(
        _probe(curriculum, (name,), f"What training on {name} alone does to every domain.")
        for name in curriculum.domains
    )


def joint_probe(curriculum: Curriculum) -> Schedule:
    """All domains mixed for as long as one domain's own stage on average."""
    like = compose(tuple(curriculum.domains), "sequential", curriculum, name="like", role="order")
    total = round(budget(like) / len(curriculum.domains))
    made = joint(curriculum, like, JOINT_PROBE, "What training on all domains together does.", total=total)
    return made.model_copy(update={"role": "probe", "times": None})


def first_probes(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """One stage a domain and, where it is asked for, one of all domains together."""
    mixed = (joint_probe(curriculum),) if mixes(curriculum) else ()
    return (*probe_schedules(curriculum), *mixed)


def mixes(curriculum: Curriculum) -> bool:
    """Whether there is a joint probe."""
    return curriculum.schedule.probing.joint and curriculum.schedule.composition != "explicit"


def path_schedules(curriculum: Curriculum, paths: Sequence[Path]) -> tuple[Schedule, ...]:
    """Probes of several stages, composed as the sequential schedule begins, so that it can share them."""
    return tuple(
        _probe(curriculum, path, f"What training on {path[-1]} does after {', '.join(path[:-1])}.") for path in paths
    )


def _probe(curriculum: Curriculum, path: Path, origin: str) -> Schedule:
    """Where one rate is laid over all stages, a probe is the beginning of such a schedule."""
    name = f"probe-{order_text(path)}"
    made = compose(path, "sequential", curriculum, name=name, role="probe", origin=origin)
    kept = [domain for domain in curriculum.domains if domain not in known_left_out(curriculum)]
    whole = sum(curriculum.stage_training(domain).steps for domain in kept)
    return paced(made, curriculum, max(whole, made.steps))
