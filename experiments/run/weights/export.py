"""An arm taken out of the store: its weights, or its schedule written down for another tool."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from curricula.dump import dump_yaml
from curricula.schema import PretrainedModel
from curricula.stage import Schedule
from domains.errors import UserError
from experiments.analysis.sentences.model_card import Exported, model_card
from experiments.nodes.tree import StageNode, base_node, reading_chains
from experiments.run.findings import Findings, arms, found_so_far
from experiments.run.job import Job
from experiments.run.recipes.recipe import BASE, make_recipe
from experiments.run.recipes.write import TOOLS, write_recipe
from experiments.run.reporting import report_of
from scheduler.arms import main_arm
from scheduler.mixing.arms import settled


@dataclass(frozen=True)
class Wanted:
    """What is to be exported; None stands for the main arm, the first seed, the last stage."""

    arm: str | None = None
    seed: int | None = None
    stage: int | None = None
    merge: bool = False


def export(job: Job, wanted: Wanted, folder: Path, command: str) -> str:
    """Write the model to `folder`, which must not exist; says what was written.

    Raises UserError where the arm, the seed or the stage is not known, or was not trained.
    """
    _check_new(folder)
    findings = found_so_far(job)
    schedule, seed = _schedule(job, findings, wanted.arm), _seed(job, wanted.seed)
    nodes = [chain[-1] for chain in reading_chains(job.setup, schedule, seed)]
    stage = _stage(wanted.stage, len(nodes) - 1)
    _check_trained(job, schedule.name, seed, stage, nodes[stage])
    report = report_of(job, findings)
    with _whole(folder) as made:
        content = _write_model(job, nodes[stage], made, merge=wanted.merge)
        exported = Exported(schedule.name, seed, stage, stage == len(nodes) - 1, content, command)
        (made / "README.md").write_text(model_card(report, exported), encoding="utf-8")
        (made / "curriculum.yaml").write_text(dump_yaml(job.curriculum), encoding="utf-8")
    place = "the base model" if stage == 0 else f"after stage {stage} of {len(nodes) - 1}"
    return f"{content}: arm {schedule.name}, seed {seed}, {place}"


def export_recipe(job: Job, wanted: Wanted, tool: str, folder: Path, command: str) -> str:
    """Write what `tool` needs to train the arm's stages to `folder`, which must not exist; says what was written.

    The arm need not be trained; only a base model that was made here has to be in the store. Raises UserError.
    """
    _check_new(folder)
    if wanted.stage is not None or wanted.merge:
        key = "--merge" if wanted.merge else "--stage"
        raise UserError("is for weights, and a tool's configuration has none", key=key, hint="Leave it out.")
    schedule, seed = _schedule(job, found_so_far(job), wanted.arm), _seed(job, wanted.seed)
    recipe = make_recipe(job, schedule, seed, chat=_chats(job))
    with _whole(folder) as made:
        content = write_recipe(recipe, job, TOOLS[tool], made, command)
        if not recipe.named:
            base = base_node(job.setup)
            _check_trained(job, schedule.name, seed, 0, base)
            adapters = isinstance(job.curriculum.model, PretrainedModel) and job.curriculum.model.lora is not None
            _write_model(job, base, made / BASE, merge=adapters)
    return f"{content}: arm {schedule.name}, seed {seed}"


def _chats(job: Job) -> bool:
    """Whether the model's tokenizer has a chat template."""
    model = job.curriculum.model
    if not isinstance(model, PretrainedModel):
        return False
    from experiments.models.checkpoints import lengths_of

    return lengths_of(model, job.setup.weights).chat


def _check_new(folder: Path) -> None:
    if folder.exists() or folder.is_symlink():
        raise UserError("is there already, and nothing is overwritten", key="OUT", value=str(folder))


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A folder to write into, moved into place when it is whole: an interrupted export leaves nothing like one."""
    made = folder.absolute().parent / f".{folder.name}-{uuid4().hex[:8]}"
    try:
        made.mkdir(parents=True)
        yield made
        made.rename(folder)
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror or error}", key="OUT", value=str(folder)) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _write_model(job: Job, node: StageNode, folder: Path, *, merge: bool) -> str:
    from experiments.models.conversion.exporting import export_checkpoint

    with job.store.checkpoint(node) as checkpoint:
        return export_checkpoint(job.setup.model, checkpoint, folder, job.setup.weights, merge=merge)


def _schedule(job: Job, findings: Findings, name: str | None) -> Schedule:
    # Of adaptive mixing only what is chosen to its end: nobody is to train rounds that merely stand there.
    findings = replace(findings, rounds=settled(job.curriculum, findings.rounds))
    known = {schedule.name: schedule for schedule in arms(job.curriculum, findings)}
    name = name or main_arm(job.curriculum)
    if name in known:
        return known[name]
    if name == main_arm(job.curriculum):
        rule, hint = "is not known before the run has come so far", "Run the curriculum first."
    else:
        rule, hint = "must name an arm of the run", f"There are: {', '.join(known)}."
    raise UserError(rule, key="--arm", value=name, hint=hint)


def _seed(job: Job, seed: int | None) -> int:
    seeds = job.curriculum.seeds
    if seed is not None and seed not in seeds:
        hint = f"There are: {', '.join(map(str, seeds))}."
        raise UserError("must be one of the curriculum's seeds", key="--seed", value=seed, hint=hint)
    return seeds[0] if seed is None else seed


def _stage(stage: int | None, last: int) -> int:
    if stage is not None and not 0 <= stage <= last:
        raise UserError(f"must be from 0 (the base model) to {last}", key="--stage", value=stage)
    return last if stage is None else stage


def _check_trained(job: Job, arm: str, seed: int, stage: int, node: StageNode) -> None:
    if job.store.has_weights(node):
        return
    if node.slug in job.store.freed():
        hint = f"To train it again, remove {job.store.url}/nodes/{node.slug}/freed.json and run the curriculum."
        raise UserError("has no weights any more: they were pruned", key="--arm", value=arm, hint=hint)
    rule = f"was not trained with seed {seed} as far as stage {stage} in {job.store.url}"
    raise UserError(rule, key="--arm", value=arm, hint="Run the curriculum first, or see: stagewise report.")
