"""``stagewise validate``: is it right, and what will it cost?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from experiments.cli.console import console_of
from experiments.cli.findings import print_notes
from experiments.cli.options import File, Json, Seeds, Sets, StoreUrl
from experiments.cli.waiting import waiting

if TYPE_CHECKING:
    from curricula.schema.resources import Keep
    from experiments.run.estimating.disk import Disk
    from experiments.run.estimating.estimate import CostEstimate
    from experiments.run.estimating.peak import Peak
    from experiments.run.job import Prepared
    from experiments.store import Store


Timed = Annotated[
    bool,
    typer.Option(
        "--time", help="Also time a few steps of a pretrained model here, to say how long a run takes. Nothing is kept."
    ),
]


def validate(
    file: File,
    store: StoreUrl = "runs",
    seeds: Seeds = None,
    sets: Sets = None,
    timed: Timed = False,
    json: Json = False,
) -> None:
    """Check the curriculum, its model and its data, and say what a run will cost.

    Nothing is trained but a few steps to time them, and nothing is written but to a cache.

    A file of domains alone, as `stagewise measure` takes it, is checked without a model.
    """
    from curricula.loader import holds_domains_alone
    from curricula.sense_checks import sense_notes
    from experiments.cli.domains_alone import validate_domains
    from experiments.cli.judging import judge_notes
    from experiments.cli.ready import check_ready
    from experiments.cli.session import load, prepare_loaded
    from experiments.run.estimating.estimate import estimate

    console = console_of(stderr=json)
    if holds_domains_alone(file, sets or ()):
        _check_nothing_trains(seeds, timed=timed)
        validate_domains(file, store, sets, console, as_json=json)
        return
    curriculum = load(file, seeds, sets)
    check_ready(curriculum, file)
    found = prepare_loaded(curriculum, file, sets, store, console)
    print_notes(console, sense_notes(curriculum))
    judged = judge_notes(found, file, sets, console)
    _print_data(console, found)
    print_notes(console, judged)
    print_notes(console, _about_gpus(found))
    with waiting(console, "Estimating what a run costs …"):
        cost = estimate(found, _store(store), timed=timed)
    if json:
        typer.echo(cost.model_dump_json(indent=1))
    else:
        _print_cost(console, found, cost)


def _check_nothing_trains(seeds: str | None, *, timed: bool) -> None:
    """Options that are about training say nothing of a file of domains alone."""
    from domains.errors import UserError

    option = "--seeds" if seeds is not None else "--time" if timed else None
    if option is not None:
        hint = "Leave it out, or name a curriculum, with `name` and `model`."
        raise UserError("is about training, and this file holds domains alone", key=option, hint=hint)


def _store(url: str) -> Store | None:
    """The store where there is one: `validate` writes nothing."""
    from experiments.store import Store

    return Store.open(url, create=False) if Store.at(url).exists else None


def _print_data(console: Console, prepared: Prepared) -> None:
    from experiments.cli.trained import trained

    console.print(f"[bold]{prepared.curriculum.name}[/] is valid.")
    for name, splits in prepared.data.items():
        sizes = ", ".join(f"{len(items):,} {split}" for split, items in splits.items())
        told = f"{prepared.curriculum.domains[name].kind}, {trained(prepared.curriculum, name)}"
        console.print(f"  {name} ({told}): {sizes}", highlight=False, soft_wrap=True)
    print_notes(console, prepared.notes)


def _about_gpus(prepared: Prepared) -> list[str]:
    """Whether a GPU is asked for that this machine has not; nothing where Ray's own variable names a cluster."""
    from experiments.cli.address import choose
    from experiments.executors.gpus import missing_note, own_gpus

    elsewhere = choose(None, os.environ).address is not None
    note = None if elsewhere else missing_note(prepared.curriculum.resources.gpus, own_gpus())
    return [note] if note else []


def _print_cost(console: Console, prepared: Prepared, cost: CostEstimate) -> None:
    from curricula.schema import ScratchModel
    from experiments.analysis.sentences.limit_words import limits_told
    from experiments.executors.cpus import own_cpus
    from experiments.run.durations import rough_duration, rough_range
    from experiments.run.estimating.pace import at_once

    console.print(
        f"Arms: {', '.join(cost.arms)}; {cost.seeds} seed{'s' * (cost.seeds != 1)}.", highlight=False, soft_wrap=True
    )
    console.print(_about(prepared), highlight=False, soft_wrap=True)
    if told := limits_told(prepared.curriculum):
        console.print(told, highlight=False, soft_wrap=True)
    console.print(
        f"Stage runs: {_span(cost.stage_runs)}, {cost.probe_stage_runs} of them probes "
        f"({_span(cost.stage_runs_unshared)} without sharing); {_span(cost.steps)} optimizer steps.",
        highlight=False,
        soft_wrap=True,
    )
    if cost.probe_stage_runs and (told := _grouped(prepared)):
        console.print(told, highlight=False, soft_wrap=True)
    if cost.finished or cost.to_measure or cost.to_train_again:
        most = "at most " if cost.to_train and cost.stage_runs[0] < cost.stage_runs[1] else ""
        new = cost.to_train - cost.to_train_again
        console.print(
            f"In the store: {cost.finished:,} finished; {most}{new:,} stage{'s' * (new != 1)} to train, "
            f"{cost.to_measure:,} to measure again, {cost.to_train_again:,} to train again.",
            highlight=False,
            soft_wrap=True,
        )
    print_notes(console, cost.notes)
    if cost.disk is not None:
        console.print(_disk(cost.disk, prepared.curriculum.resources.keep), highlight=False, soft_wrap=True)
    if cost.peak is not None and not isinstance(prepared.curriculum.model, ScratchModel):
        console.print(_memory(cost.peak, prepared.curriculum.resources.ranks), highlight=False, soft_wrap=True)
    if cost.pace is None or cost.worker_seconds is None or cost.path_seconds is None:
        console.print(_no_time(cost), highlight=False, soft_wrap=True)
        return
    if not (cost.to_train or cost.to_measure):
        console.print("Time: seconds, since nothing is left to train or to measure.", highlight=False, soft_wrap=True)
        return
    slots = max(1, own_cpus() // prepared.curriculum.resources.all_cpus)
    told = rough_range(at_once(cost.worker_seconds, cost.path_seconds, slots))
    console.print(
        f"Time: {told} with {slots} stage{'s' * (slots != 1)} at once on this machine "
        f"({rough_duration(cost.worker_seconds)} of one worker), from {cost.pace.source}.",
        highlight=False,
        soft_wrap=True,
    )


def _no_time(cost: CostEstimate) -> str:
    """Why the time is not known, and what would tell."""
    if cost.untimed is not None:
        return f"Time: not estimated: {cost.untimed}"
    first = (
        "a model in the store is measured as this curriculum asks"
        if cost.to_measure
        else "a first stage of this model is in the store"
    )
    return f"Time: not known before {first}; --time tries a few steps."


def _grouped(prepared: Prepared) -> str:
    """How many probes stand for how many domains; empty where each has its own."""
    from experiments.analysis.sentences.group_words import probes_for
    from scheduler.probing.probes import groups_of

    told = probes_for(tuple(prepared.curriculum.domains), groups_of(prepared.curriculum))
    return told and f"Each seed: {told}."


def _disk(disk: Disk, keep: Keep) -> str:
    """What the store grows by, and what of it goes at the end."""
    from experiments.cli.prune import size

    moments = f", and {size(disk.moments)} for optimizers that are handed on" if disk.moments else ""
    after = "" if keep == "all" else f"; at the end `resources.keep: {keep}` frees what it does not keep"
    return f"Disk: {size(disk.weights)} for weights that are not there yet, {size(disk.node)} a stage{moments}{after}."


def _memory(peak: Peak, processes: int) -> str:
    """What a stage takes at its fullest."""
    from experiments.cli.prune import size

    each = f" in each of {processes} processes" if processes > 1 else ""
    parts = {
        "weights": peak.weights,
        "gradients and the optimizer": peak.learning,
        "what goes through the model": peak.passing,
    }
    told = ", ".join(f"{size(count)} for {name}" for name, count in parts.items())
    return (
        f"Memory: at least {size(peak.most)}{each}, by a rule: in training {told}; "
        f"in evaluation {size(peak.evaluation)}."
    )


def _about(prepared: Prepared) -> str:
    """What the verdict will be about, as it stands before anything is measured."""
    from experiments.analysis.comparing.primary import primary_pair
    from scheduler.statistics.power import FEWEST

    pair = primary_pair(prepared.curriculum)
    told = f"Verdict: on {pair[0]} against {pair[1]}." if pair else "Verdict: on the first pair of the report."
    few = f" With fewer than {FEWEST} seeds it claims nothing." if len(prepared.curriculum.seeds) < FEWEST else ""
    return told + few


def _span(pair: tuple[int, int]) -> str:
    low, high = pair
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
