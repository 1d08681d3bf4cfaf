"""From a YAML file to a checked `Curriculum`, or one line that says what to mend."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError

from curricula.checks import check
from curricula.messages import explain
from curricula.overrides import Overridden, overridden, read_override
from curricula.places import place_typed
from curricula.problem import Problem, dotted
from curricula.schema import Curriculum
from curricula.schema.curriculum import MOST_SEEDS
from curricula.schema_lookup import is_free_text
from curricula.size_checks import size_problems
from curricula.text_checks import eaten_texts
from curricula.yaml_core import parse
from curricula.yaml_hints import COMMENT_HINT
from domains.errors import CurriculumError, UserError
from domains.suggest import nearest

MAX_BYTES = 1_000_000
UNNAMED = {"name": "domains", "model": {"type": "pretrained", "id": "given on the command line"}}
"""Of a file that is read for its domains only."""
FEWEST_VALIDATION = 2
ALONE = {"domains", "evaluation", "description", "data_seed", "resources"}
"""What a file of domains alone may say: nothing of a model or of training."""


def load_curriculum(path: Path, *, seeds: tuple[int, ...] | None = None, sets: Sequence[str] = ()) -> Curriculum:
    """The curriculum in the file `path`; `seeds`, where given, replace the file's.

    `sets` are ``KEY=VALUE`` texts, each in place of what the file says; paths in them start at the working directory.
    Raises CurriculumError for the first mistake, those of `sets` before those of the file, with file and line (or
    ``--set KEY``), key, rule, value and hint.
    """
    file, given = str(path), _given(path, sets)
    curriculum = _checked(given, file)
    if place_typed(curriculum, given, path.parent):
        curriculum = _checked(given, file)
    return curriculum if seeds is None else _with_seeds(curriculum, seeds, given)


def load_domains(path: Path, *, sets: Sequence[str] = ()) -> Curriculum:
    """The file `path` read for its domains and how they are evaluated: it need not name itself or a model.

    Nothing is trained, so that rules about training are not asked, and one domain is enough. The model is whatever
    stands there, or a placeholder. Raises as `load_curriculum`.
    """
    file, given = str(path), _given(path, sets)
    curriculum = _checked(_completed(given), file, trains=False)
    if place_typed(curriculum, given, path.parent):
        curriculum = _checked(_completed(given), file, trains=False)
    return curriculum


def holds_domains_alone(path: Path, sets: Sequence[str] = ()) -> bool:
    """Whether the file, with `sets` in it, is for `load_domains` and cannot have been meant as a curriculum: it has
    domains and nothing that only one that trains has. False also where it cannot be read; whoever loads it says so
    better."""
    try:
        data = _given(path, sets).document.data
    except CurriculumError:
        return False
    return isinstance(data, dict) and "domains" in data and data.keys() <= ALONE


def at_set(error: UserError, path: Path, sets: Sequence[str]) -> UserError:
    """An error found after loading at a key of the file `path`; what `sets` wrote is named by its ``--set KEY``."""
    if not sets or error.file != str(path) or error.key is None:
        return error
    owner = _given(path, sets).owner_of(error.key)
    if owner is None:
        return error
    key = None if error.key == dotted(owner.keys) else error.key
    return type(error)(error.rule, file=owner.place, key=key, value=error.value, hint=error.hint)


def at_line(error: UserError, path: Path, key: str) -> UserError:
    """An error found after loading, with the curriculum's file and the line where its key stands, or the one above it.

    An error that names a file of its own keeps its place.
    """
    found = error.located(file=str(path), key=key)
    if found.file != str(path) or found.line:
        return found
    try:
        places = parse(_read(path)).places
    except CurriculumError:
        return found
    written = {dotted(keys): place[0] for keys, place in places.items()}
    asked = found.key or key
    while asked and asked not in written:
        asked = asked.rpartition(".")[0]
    return found.located(line=written.get(asked))


def _other_file(path: Path) -> str:
    """Which file was meant, if one is near."""
    folder = path.parent
    there = [each.name for each in folder.iterdir() if each.suffix in (".yaml", ".yml")] if folder.is_dir() else []
    near = next((name for name in there if Path(name).stem == path.name), None) or nearest(path.name, there)
    return f"Did you mean {near}?" if near else "`stagewise init NAME` writes one to begin with."


def _read(path: Path) -> str:
    """The file's text; refused where it is missing, huge or binary."""
    if path.is_dir():
        raise CurriculumError("must be a YAML file, and this is a folder")
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise CurriculumError("there is no such file", hint=_other_file(path)) from None
    except OSError as error:
        raise CurriculumError(f"cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise CurriculumError("must not be larger than 1 MB", value=f"{path.stat().st_size:,} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CurriculumError(
            "must be a text file in UTF-8", line=line, value=raw[error.start : error.start + 4]
        ) from None
    for position, character in enumerate(text):
        if not character.isprintable() and ord(character) < 32 and character not in "\t\n\r":
            line = text.count("\n", 0, position) + 1
            raise CurriculumError("must be a text file, and this is binary", line=line, value=character)
    return text


def _given(path: Path, sets: Sequence[str]) -> Overridden:
    """The file's document with `sets` in it, not yet checked."""
    overrides = [read_override(text) for text in sets]
    try:
        return overridden(parse(_read(path)), overrides)
    except CurriculumError as error:
        raise error.located(file=str(path)) from None


def _completed(given: Overridden) -> Overridden:
    """With what a file of domains may leave out; what is written stays."""
    data = given.document.data
    if isinstance(data, dict):
        evaluation = data.get("evaluation", {})
        # Nothing is planned on validation items here, so that a small source has all the more for the test.
        if "name" not in data and isinstance(evaluation, dict) and "validation" not in evaluation:
            data = {**data, "evaluation": {**evaluation, "validation": FEWEST_VALIDATION}}
        given.document.data = {**UNNAMED, **data}
    return given


def _checked(given: Overridden, file: str, *, trains: bool = True) -> Curriculum:
    curriculum = _validate(given, file)
    if problems := [*eaten_texts(given.document), *check(curriculum, trains=trains)]:
        _refuse(problems, given, file)
    return curriculum


def _validate(given: Overridden, file: str) -> Curriculum:
    data = given.document.data
    if data is None:
        raise CurriculumError("is empty", file=file, hint="`stagewise init NAME` writes a file to begin with.")
    if not isinstance(data, dict):
        what = "a list" if isinstance(data, list) else "a single value"
        raise CurriculumError(
            f"must be a mapping with the keys name, model and domains, and this is {what}", file=file, line=1
        )
    try:
        # As JSON, because strict validation of Python data would ask for tuples in place of lists.
        return Curriculum.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        _refuse(explain(error.errors(), data), given, file)


def _refuse(problems: list[Problem], given: Overridden, file: str) -> NoReturn:
    """Raise the first problem, what was typed before what the file says, and say how many more there are."""

    def position(problem: Problem) -> tuple[bool, tuple[int, int]]:
        return given.owner(problem.keys) is None, given.document.place(problem.keys)

    problems = sorted(problems, key=position)
    first, more = problems[0], len(problems) - 1
    owner = given.owner(first.keys)
    hint = COMMENT_HINT if not owner and _lost(first, given) else first.hint
    raise CurriculumError(
        first.rule,
        file=owner.place if owner else file,
        line=None if owner else given.document.place(first.keys)[0],
        key=None if owner and first.keys == owner.keys else dotted(first.keys),
        value=first.value,
        hint=" ".join(part for part in (hint, f"({more} more)" if more else "") if part) or None,
    )


def _lost(problem: Problem, given: Overridden) -> bool:
    """Whether the text that a broken rule is about, or the rest of it, became a comment."""
    document = given.document
    text = problem.value is None or (isinstance(problem.value, str) and problem.hint is None)
    return text and problem.keys in document.comments and is_free_text(problem.keys, document.data)


def _with_seeds(curriculum: Curriculum, seeds: tuple[int, ...], given: Overridden) -> Curriculum:
    if given.owner(("seeds",)):
        raise CurriculumError("are given by --set too", key="--seeds", value=seeds, hint="Keep one of the two.")
    if not seeds or len(set(seeds)) != len(seeds):
        raise CurriculumError("must be one or more distinct whole numbers", key="--seeds", value=seeds)
    if len(seeds) > MOST_SEEDS:
        raise CurriculumError(f"must be at most {MOST_SEEDS} seeds", key="--seeds", value=len(seeds))
    wanted = curriculum.model_copy(update={"seeds": seeds})
    for problem in size_problems(wanted):
        raise CurriculumError(problem.rule, key="--seeds", value=problem.value, hint=problem.hint)
    return wanted
