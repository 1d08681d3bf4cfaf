"""Samples that lm-evaluation-harness logged (`--log_samples`), read in place of asking a model anything.

One file a task, ``<output_path>/<model>/samples_<task>_<date>.jsonl``, one line an item and filter: `doc_id`,
`doc_hash`, `target`, `arguments`, `resps`, `filtered_resps`, `filter`, and the item's metrics by name, which newer
versions list in `metrics` (as version 0.4.13 writes them). Larger is taken as better; metrics that are not in [0, 1]
for every item (perplexities, say), and those that are known to be better small, are left out.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domains.errors import DataError
from experiments.measures.details import details
from experiments.measures.of_outputs import DIGITS
from experiments.measures.scores import domain_score
from experiments.nodes.options import OptionsRead
from experiments.nodes.outputs import Marked, Output
from experiments.nodes.record import DomainScore
from experiments.nodes.suite import TaskKind

NAME = re.compile(r"samples_(?P<task>.+)_\d{4}-\d{2}-\d{2}T[\d.-]+")
SAMPLES = "samples_*.jsonl"
INVALID = "[invalid]"
"""What the harness's filters write where they found no answer."""
OTHER = frozenset(
    {
        *("doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics"),
        *("doc_hash", "prompt_hash", "target_hash", "schema_version"),
    }
)
"""Keys that are no metric."""
SMALLER = frozenset({"brier_score", "ter", "bits_per_byte", "word_perplexity", "byte_perplexity", "perplexity"})
UNCONDITIONED = "acc_mutual_info"
"""The metric for which every option is also read without its question; those likelihoods stand after the others."""
BY_LIKELIHOOD = "acc"
"""The metric of the option that the model finds likeliest: how likely among all of them is its confidence."""


@dataclass(frozen=True)
class LoggedOptions:
    """The options of one item."""

    nll: tuple[float, ...]
    characters: tuple[int, ...] | None
    right: int


@dataclass(frozen=True)
class LoggedItem:
    """One item by one metric."""

    doc: str
    """What tells that two files hold the same item: its hash, else its target."""
    prompt: str
    """Empty where it was not logged."""
    target: str
    score: float
    answer: str
    final: str
    """What the harness's filter read in it; the chosen option where there are some."""
    said: str | None
    """What the model said; None where it chose among options, or several answers stand behind what was read."""
    found: bool
    nll: float | None
    """−ln of the chosen option's share of the options' probability; None where there are no options."""
    options: LoggedOptions | None = None
    """None where there are none, the metric does not choose by likelihood, or it is not known which is right."""


@dataclass(frozen=True)
class LoggedTask:
    """One task by one metric and filter: item's number → item."""

    items: Mapping[str, LoggedItem]

    def score(self, kept: list[str]) -> DomainScore:
        """As if the model had been asked these items."""
        rows = [(key, self.items[key]) for key in kept]
        outputs = [Output(item=key, text=one.said, nll=one.nll, count=0) for key, one in rows]
        marks = [Marked(item=key, score=one.score, parsed=one.final if one.found else None) for key, one in rows]
        said: dict[TaskKind, list[Output]] = {"answers": outputs}
        prompts = [one.prompt or None for _, one in rows]
        found = details(said, marks, prompts=prompts, options=_read([one for _, one in rows]))
        return domain_score(said, marks, ()).model_copy(update={"details": found})


def _read(items: Sequence[LoggedItem]) -> OptionsRead | None:
    """None unless all of a task's items have options: a mean over some of them would be another task's."""
    options = [one.options for one in items if one.options is not None]
    if not options or len(options) < len(items):
        return None
    lengths = [one.characters for one in options if one.characters is not None]
    return OptionsRead(
        nll=tuple(one.nll for one in options),
        characters=tuple(lengths) if len(lengths) == len(options) else None,
        right=tuple(one.right for one in options),
    )


def sample_files(place: Path) -> list[Path]:
    """The files of samples at a path: itself, or those in a folder, of every task the newest; empty where none is.

    `--output_path` holds a folder for every model; where it holds those of one, it stands for that. DataError where it
    holds several.
    """
    if place.is_file():
        return [place] if place.suffix == ".jsonl" else []
    if not place.is_dir():
        return []
    below = sorted({file.parent for file in place.glob(f"*/{SAMPLES}")})
    if any(place.glob(SAMPLES)):
        below = [place]
    if len(below) > 1:
        names = ", ".join(folder.name for folder in below)
        raise DataError("holds the samples of several models", file=str(place), hint=f"Name one of them: {names}.")
    newest = {task_of(file): file for folder in below for file in sorted(folder.glob(SAMPLES))}
    return list(newest.values())


def task_of(file: Path) -> str:
    """The task, as the harness names its files; of other names all but the ending."""
    found = NAME.fullmatch(file.stem)
    return found["task"] if found else file.stem


def read_tasks(file: Path, *, alone: bool) -> dict[str, LoggedTask]:
    """``<task> <metric>``, with its filter where there are several → items. `alone`: the name of the file's task does
    not matter. Raises DataError with file and line."""
    found: dict[tuple[str, str], dict[str, LoggedItem]] = {}
    unfit: set[str] = set()
    for line, row in _rows(file):
        for metric in _metrics(row):
            score = _score(row.get(metric))
            if score is None:
                unfit.add(metric)
                continue
            items = found.setdefault((metric, str(row.get("filter", "none"))), {})
            key = str(row["doc_id"])
            if key in items:
                raise DataError("an item stands there twice", file=str(file), line=line, key="doc_id", value=key)
            items[key] = _item(row, metric, score)
    fit = {place: items for place, items in found.items() if place[0] not in unfit}
    if not fit:
        raise DataError("holds no metric with numbers from 0 to 1", file=str(file))
    several = {metric for metric, _ in fit if sum(other == metric for other, _ in fit) > 1}
    task = "" if alone else f"{task_of(file)} "
    return {
        f"{task}{metric}{f' ({filter_})' if metric in several else ''}": LoggedTask(items)
        for (metric, filter_), items in fit.items()
    }


def paired(before: LoggedTask, after: LoggedTask, name: str) -> list[str]:
    """Numbers of the items that both hold. DataError where they are not the same items."""
    shared = [key for key in before.items if key in after.items]
    if not shared:
        raise DataError("the two files share no item", key=name)
    for key in shared:
        if before.items[key].doc != after.items[key].doc:
            hint = "Both must come from the same version of the task."
            raise DataError("the two files number different items alike", key=name, value=key, hint=hint)
    return shared


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot be read: {error}", file=str(file)) from None
    for line, one in enumerate(text.split("\n"), start=1):
        if not one.strip():
            continue
        try:
            row = json.loads(one)
        except ValueError:
            row = None
        if not isinstance(row, dict) or "doc_id" not in row or "filtered_resps" not in row:
            hint = "lm-evaluation-harness writes them with --log_samples."
            raise DataError("must be samples that lm-evaluation-harness logged", file=str(file), line=line, hint=hint)
        yield line, row


def _metrics(row: Mapping[str, Any]) -> list[str]:
    listed = row.get("metrics")
    names = listed if isinstance(listed, list) else [name for name in row if name not in OTHER]
    return [str(name) for name in names if name not in SMALLER]


def _score(value: object) -> float | None:
    """A number from 0 to 1, of whatever says right or wrong; None for anything else."""
    return float(value) if isinstance(value, int | float) and 0 <= value <= 1 else None


def _item(row: Mapping[str, Any], metric: str, score: float) -> LoggedItem:
    options = _options(row["filtered_resps"])
    if options is not None and UNCONDITIONED in row:
        options = options[: len(options) // 2]
    answer = _answer(row["filtered_resps"]) if options is None else str(options.index(max(options)))
    said = _said(row.get("resps")) if options is None else ""
    return LoggedItem(
        doc=str(row.get("doc_hash") or row.get("target")),
        prompt=_text(row.get("arguments")),
        target=str(row.get("target", "")),
        score=score,
        answer=said or answer,
        final=answer,
        said=said or None,
        found=options is not None or answer != INVALID,
        nll=_surprise(options) if options is not None and metric == BY_LIKELIHOOD else None,
        options=_with_right(row, options, score) if options is not None and metric == BY_LIKELIHOOD else None,
    )


def _with_right(row: Mapping[str, Any], options: Sequence[float], score: float) -> LoggedOptions | None:
    """None where the target is no place of an option (several may be right), or is not what the score rests on."""
    target = str(row.get("target", ""))
    if not target.isdecimal() or int(target) >= len(options):
        return None
    if (options.index(max(options)) == int(target)) != (score == 1):
        return None
    nll = tuple(round(-one, DIGITS) for one in options)
    return LoggedOptions(nll, _characters(row.get("arguments"), len(options)), int(target))


def _characters(arguments: object, count: int) -> tuple[int, ...] | None:
    """How long each of the first `count` options is, without the blank before it; None where they were not logged."""
    each = list(arguments.values()) if isinstance(arguments, dict) else arguments
    if not isinstance(each, list) or len(each) < count:
        return None
    pairs = [list(one.values()) if isinstance(one, dict) else one for one in each[:count]]
    if not all(isinstance(one, list) and len(one) == 2 and isinstance(one[1], str) for one in pairs):
        return None
    lengths = tuple(len(one[1].removeprefix(" ")) for one in pairs)
    return lengths if all(lengths) else None


def _options(responses: object) -> list[float] | None:
    """ln p of each option of a multiple choice, [[ln p, greedy], …], also where it is kept as text; None elsewhere."""
    if not isinstance(responses, list) or len(responses) < 2:
        return None
    found = []
    for one in responses:
        if not isinstance(one, list) or len(one) != 2 or str(one[1]) not in ("True", "False"):
            return None
        try:
            found.append(float(one[0]))
        except (TypeError, ValueError):
            return None
    return found


def _answer(responses: object) -> str:
    """What was read in it; of a likelihood, [[ln p, greedy]], what the number is."""
    one = responses[0] if isinstance(responses, list) and len(responses) == 1 else None
    if isinstance(one, list) and len(one) == 2 and str(one[1]) in ("True", "False"):
        return f"the target: ln p {one[0]}, {'' if str(one[1]) == 'True' else 'not '}the likeliest"
    return _text(responses)


def _said(responses: object) -> str:
    """The whole text of an answer; empty where several answers, or none, stand behind what was read."""
    each = responses[0] if isinstance(responses, list) and len(responses) == 1 else None
    return str(each[0]) if isinstance(each, list) and len(each) == 1 and isinstance(each[0], str) else ""


def _surprise(options: list[float]) -> float:
    """−ln of the likeliest option's share."""
    best = max(options)
    return math.log(sum(math.exp(one - best) for one in options))


def _text(nested: object) -> str:
    """The first text in nested lists and mappings."""
    while isinstance(nested, list | dict) and nested:
        nested = nested[0] if isinstance(nested, list) else next(iter(nested.values()))
    return "" if nested is None or isinstance(nested, list | dict) else str(nested)
