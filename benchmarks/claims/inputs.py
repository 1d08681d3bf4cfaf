"""A run's records with its probes as arms of their own, so that before and after on one domain can be read off."""

from __future__ import annotations

from experiments.analysis.inputs import ReportInputs
from experiments.nodes.tree import grow
from experiments.run.findings import all_probes, arms, chains, found_so_far, reading_ids
from experiments.run.job import Job
from experiments.run.reading.gather import load_records
from scheduler.arms import BASE_ARM, main_arm
from scheduler.composing.joint import is_plain_joint


def inputs_of(job: Job) -> ReportInputs:
    """Whatever is finished of the probes, the schedule and joint training; other arms are left out."""
    findings = found_so_far(job)
    main = main_arm(job.curriculum)
    wanted = [arm for arm in arms(job.curriculum, findings) if arm.name == main or is_plain_joint(arm)]
    schedules = (*all_probes(job.curriculum, findings), *wanted)
    tree = grow(job.setup, [BASE_ARM, *schedules], job.curriculum.seeds)
    return ReportInputs(
        curriculum=job.curriculum,
        run=job.run,
        schedules=schedules,
        main=main,
        primary=None,
        tree=tree,
        records=load_records(job, tree),
        chains=chains(job, schedules),
        readings=reading_ids(job, schedules),
    )
