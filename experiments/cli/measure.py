"""``stagewise measure``: what did fine-tuning break?"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from experiments.cli.console import console_of
from experiments.cli.options import Json, Sets, StoreUrl

if TYPE_CHECKING:
    from experiments.analysis.checkup.model import Checkup
    from experiments.models.subjects.given import Given
    from experiments.models.tokens.lengths import Lengths
    from experiments.run.job import Prepared
    from experiments.run.measuring.checkup import Examination

DROPPED = 3
"""Exit code where a real drop was found."""


@dataclass(frozen=True)
class Known:
    """A model, and how its tokenizer counts; None for an endpoint."""

    model: Given
    lengths: Lengths | None


def measure(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL [MODEL]",
            help="One model, or two: before and after. Each a folder, a LoRA adapter's folder, a hub id, or an "
            "endpoint as http://host:8000/v1#NAME.",
            show_default=False,
        ),
    ],
    domains: Annotated[
        Path | None,
        typer.Option(
            "--domains",
            metavar="FILE",
            help="A curriculum, or a YAML file with its keys domains and, if you like, evaluation. Without it each "
            "MODEL is a file or folder of samples that lm-evaluation-harness logged.",
            show_default=False,
        ),
    ] = None,
    store: StoreUrl = "runs",
    sets: Sets = None,
    json: Json = False,
) -> None:
    """Say what a model can do on every domain or, of two, what the second has lost. Nothing is trained.

    Models may come from any tool. Each is asked the test split, once: what is in the store is not asked again.

    Exit code 3: of two models, a domain's score surely dropped, and it is not shown that answers only lost their form.
    """
    from domains.errors import UserError
    from experiments.report.terminal.checkup import print_checkup
    from experiments.run.measuring.checkup import write_checkup
    from experiments.run.measuring.logged import logged
    from experiments.store import Store

    if len(models) > 2:
        raise UserError("one model, or two: before and after", key="MODEL", value=len(models))
    notes = console_of(stderr=json)
    found = _asked(models, domains, store, sets, notes) if domains else logged(models, Path.cwd())
    try:  # Written first, since the reader of a pipe may end; printed also where it cannot be written.
        place = write_checkup(Store.open(store), found)
    finally:
        if json:
            typer.echo(found.model_dump_json(indent=1))
        else:
            print_checkup(notes, found)
    notes.print(f"The whole page: {place}/measure.html", markup=False, highlight=False, soft_wrap=True)
    if found.dropped:
        raise typer.Exit(DROPPED)


def _asked(models: Sequence[str], file: Path, store: str, sets: Sequence[str] | None, notes: Console) -> Checkup:
    """What the models say, or have said."""
    from experiments.run.measuring.checkup import checkup_of

    prepared, known = _prepared(models, file, store, sets, notes)
    examined = _examined(known, prepared, store, notes)
    return checkup_of(file, prepared, examined, _remarks(known, prepared, examined))


def _prepared(
    models: Sequence[str], file: Path, store: str, sets: Sequence[str] | None, notes: Console
) -> tuple[Prepared, list[Known]]:
    """The data, and the models with how their tokenizers count. What can be wrong is wrong here, before anything runs.

    Items are made to fit the first model that says how it counts, and must fit the other one too: both answer the same.
    """
    from curricula.loader import at_set, load_domains
    from curricula.schema import PretrainedModel
    from domains.errors import UserError, together
    from experiments.cli.preparing import Preparing, cache_of
    from experiments.cli.ready import check_ready
    from experiments.cli.session import known_embedder, known_rewards
    from experiments.models.subjects.given import given
    from experiments.run.fit import check_fits_too
    from experiments.run.job import prepare_data

    curriculum = load_domains(file, sets=sets or ())
    check_ready(curriculum, file)
    known = [Known(one, one.lengths()) for one in (given(name, Path.cwd()) for name in models)]
    leads = next((one for one in known if one.lengths), known[0])
    placed = PretrainedModel(type="pretrained", id=leads.model.name)
    told = Preparing()
    try:
        with told.shown(notes):
            curriculum = known_rewards(curriculum.model_copy(update={"model": placed}), file)
            curriculum = known_embedder(curriculum, file)
            prepared = prepare_data(curriculum, file, None, leads.lengths, kept=cache_of(store, writes=True), told=told)
            for one in known:
                if one is not leads:
                    check_fits_too(prepared.curriculum, file, prepared.data, one.lengths)
    except UserError as error:
        raise together([at_set(one, file, sets or ()) for one in error.every]) from error
    return prepared, known


def _examined(known: Sequence[Known], prepared: Prepared, store: str, notes: Console) -> list[Examination]:
    """What every model said; the one model twice is asked once."""
    from experiments.cli.session import Interrupted
    from experiments.run.measuring.checkup import examine_model
    from experiments.run.measuring.desk import Desk
    from experiments.run.measuring.inquiry import inquire_models
    from experiments.store import Store

    opened = Store.open(store)
    try:
        with notes.status("Measuring …") as status:

            def told(what: str) -> None:
                status.update(escape(what))
                if not notes.is_terminal:  # There is no spinner: what takes minutes is named as it begins.
                    notes.print(f"  {what}", markup=False, highlight=False, soft_wrap=True)

            def done(what: str) -> None:
                notes.print(f"  {what}", markup=False, highlight=False, soft_wrap=True)

            desk = Desk(prepared, opened, told, done)
            return inquire_models([examine_model(one.model, desk) for one in known], desk)
    except (KeyboardInterrupt, SystemExit):
        raise Interrupted(shlex.join(["stagewise", *sys.argv[1:]]), opened.url) from None


def _remarks(known: Sequence[Known], prepared: Prepared, examined: Sequence[Examination]) -> list[str]:
    """What a person should know before believing the numbers."""
    remarks = [note for note in prepared.notes if note not in prepared.of_training]
    spoken = [one.lengths.chat if one.lengths else True for one in known]
    if len(set(spoken)) > 1 and any(spec.chat == "auto" for spec in prepared.curriculum.domains.values()):
        told = [f"{one.model.name} {_way(chat)}" for one, chat in zip(known, spoken, strict=True)]
        remarks.append(f"{' and '.join(told)}: part of a difference may be that; `chat: off` asks both as plain text.")
    remarks += [
        f"{one.model.name} was asked on {one.as_examinee.when}, and what answers there now may be another model; "
        "another --store asks anew."
        for one in examined
        if one.kept and one.model.access == "prompt"
    ]
    return remarks


def _way(chat: bool) -> str:
    return "is asked through a chat template" if chat else "has no chat template and is asked as plain text"
