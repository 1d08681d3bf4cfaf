"""``stagewise``: in which order should a language model be trained on several domains?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.exceptions import TyperException

from domains.errors import StagewiseError, UserError
from experiments.cli.console import console_of
from experiments.cli.convert import convert
from experiments.cli.export import export
from experiments.cli.init import init
from experiments.cli.measure import measure
from experiments.cli.mistakes import told
from experiments.cli.order import order
from experiments.cli.plan import plan
from experiments.cli.profile import profile
from experiments.cli.prune import prune
from experiments.cli.push import push
from experiments.cli.report import report
from experiments.cli.run import run
from experiments.cli.runs import runs
from experiments.cli.search import search
from experiments.cli.session import Interrupted
from experiments.cli.validate import validate
from experiments.cli.version import options

INTERRUPTED = 130


def _plain(params: list[Any]) -> list[Any]:
    """The same; a switch's help names no ``<bool>``, since it takes no value."""
    for one in params:
        if isinstance(one, TyperOption) and one.is_flag:
            one.metavar = ""
    return params


class Command(TyperCommand):
    """A command whose help is `_plain`."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Asked for whenever help is written."""
        return _plain(super().get_params(ctx))


class Commands(TyperGroup):
    """The same of the command that holds all others."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Asked for whenever help is written."""
        return _plain(super().get_params(ctx))


app = typer.Typer(name="stagewise", cls=Commands, add_completion=False, pretty_exceptions_enable=False)
app.callback(
    help="Decide in which order to train a language model on several domains, prove it against joint training, "
    "and see what every stage cost.",
    epilog="To begin: stagewise init mine, then stagewise run mine.yaml. Exit codes: 0 done, 1 a stage failed, "
    "2 a mistake in what you gave, or a store or cluster that cannot be used, 3 `measure` found a real drop, "
    "130 interrupted.",
)(options)
COMMANDS: dict[Callable[..., None], str] = {
    init: "stagewise init mine",
    validate: "stagewise validate mine.yaml",
    profile: "stagewise profile mine.yaml --seeds 0",
    plan: "stagewise plan mine.yaml --store s3://bucket/runs",
    order: "stagewise order transfer.csv --weights weights.csv",
    run: "stagewise run mine.yaml --store runs",
    search: "stagewise search mine.yaml --trials 40",
    report: "stagewise report mine.yaml --json",
    measure: "stagewise measure base tuned --domains mine.yaml",
    export: "stagewise export mine.yaml trained --arm bwt-sequential",
    push: "stagewise push mine.yaml --repo me/my-model",
    prune: "stagewise prune --store runs --dry-run",
    convert: "stagewise convert model.gguf models/mine",
    runs: "stagewise runs --store s3://bucket/runs",
}
"""Each command with the example that its help ends with."""
for command, example in COMMANDS.items():
    app.command(cls=Command, epilog=f"Example: {example}")(command)


def main() -> None:
    """Entry point: runs a command, and turns what went wrong into a line each and an exit code."""
    errors = console_of(stderr=True)
    arguments = sys.argv[1:] or ["--help"]
    try:
        code = app(arguments, standalone_mode=False)
    except TyperException as error:
        errors.print(f"[bold red]error:[/] {_escaped(told(error, _help(arguments)))}", highlight=False, soft_wrap=True)
        sys.exit(2)
    except StagewiseError as error:
        for one in error.every if isinstance(error, UserError) else (error,):
            errors.print(f"[bold red]error:[/] {_escaped(str(one))}", highlight=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except Interrupted as stop:
        errors.print(
            f"Stopped. Finished stages are kept in {_escaped(stop.store)}; the same command goes on from there:\n"
            f"  {_escaped(stop.command)}",
            highlight=False,
            soft_wrap=True,
        )
        sys.exit(INTERRUPTED)
    except SystemExit as stop:
        sys.exit(INTERRUPTED if isinstance(stop.__context__, BrokenPipeError) else stop.code)
    if code == INTERRUPTED:
        errors.print("Stopped before any stage ran.")
    sys.exit(code or 0)


def _help(arguments: list[str]) -> str:
    """The command whose help says more."""
    known = {command.__name__ for command in COMMANDS}
    named = [word for word in arguments if word in known][:1]
    return " ".join(["stagewise", *named, "--help"])


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
