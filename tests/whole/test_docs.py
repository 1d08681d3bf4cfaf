"""The documents beside the code: links lead somewhere, commands exist, and what can be written is named."""

from __future__ import annotations

import hashlib
import itertools
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any, get_args

import pytest
import typer
from pydantic import BaseModel

from curricula.guards import Guards
from curricula.merge import MergeMethod
from curricula.schema import (
    Adaptive,
    Baselines,
    ComparisonSpec,
    Composition,
    Constraints,
    Curriculum,
    Evaluation,
    Inquiry,
    Lora,
    Metric,
    MixingRule,
    OrderName,
    PretrainedModel,
    Probing,
    Resources,
    SamplerName,
    ScheduleSpec,
    ScratchModel,
    SearchComposition,
    Warmup,
)
from curricula.schema.resources import Keep, TrackerName
from curricula.stage import RateName, Training
from domains.packages import EXTRAS
from domains.rewards import RewardSpec
from domains.sources import SourceSpec
from domains.spec import DomainSpec
from experiments.analysis.cliffs.table import MEASURES
from experiments.cli.main import app
from experiments.measures.spec import Tier
from experiments.run.recipes.write import TOOLS
from tests.support.paths import ROOT

DOCS = (*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md")))
WIDTH = 120
"""Characters of a line, but for tables, code and what cannot be broken."""
APACHE = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""SHA-256 of the Apache License 2.0 as its authors publish it."""
CODE = "domains|curricula|scheduler|experiments|tests|benchmarks"
"""The folders of our code."""


@cache
def modules() -> tuple[str, ...]:
    """Every Python file of ours, its path from the root."""
    return tuple(
        file.relative_to(ROOT).as_posix() for folder in CODE.split("|") for file in (ROOT / folder).rglob("*.py")
    )


def is_there(name: str) -> bool:
    """A path from the root; one that begins with none of our folders may be the end of a module's."""
    whole = re.match(f"({CODE})/", name)
    return (ROOT / name).exists() or (not whole and any(file.endswith(f"/{name}") for file in modules()))


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def prose(page: str) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^( *)```.*?^\1```", "", page, flags=re.MULTILINE | re.DOTALL)


def headings(page: str) -> list[str]:
    return [line.lstrip("#").strip() for line in prose(page).splitlines() if re.match(r"#{1,6} ", line)]


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    bare = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", bare).replace(" ", "-")


def anchors(page: str) -> set[str]:
    """All anchors of a page; a heading that comes again is counted."""
    found: set[str] = set()
    for heading in headings(page):
        name, again = slug(heading), 0
        while (named := f"{name}-{again}" if again else name) in found:
            again += 1
        found.add(named)
    return found


def section(page: str, heading: str) -> str:
    """What stands under a heading, its subsections included."""
    start = re.search(rf"^(#+) {re.escape(heading)}$", page, flags=re.MULTILINE)
    assert start, f"no section {heading}"
    rest = page[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, flags=re.MULTILINE)
    return rest[: end.start()] if end else rest


def links(page: str) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "`", prose(page)))


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_relative_links_and_anchors_lead_somewhere(page):
    broken = []
    for target in links(page.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text("utf-8"))):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_lines_are_wrapped(page):
    lines = prose(page.read_text("utf-8")).splitlines()
    assert [line for line in lines if len(line) > WIDTH and not line.startswith(("|", "![")) and " " in line] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_files_of_the_code_that_a_page_names_are_there(page):
    """Also by the end of its path, as in `nodes/suite.py`."""
    named = re.findall(rf"`((?:{CODE})/[\w/]+\.\w+|\w[\w/]*/\w+\.py\b)", page.read_text("utf-8"))
    assert [name for name in named if "NAME" not in name and not is_there(name)] == []


def test_the_end_of_a_path_is_found_in_the_tree():
    found = {"nodes/suite.py": True, "models/prompting.py": False, "experiments/prompting.py": False}
    assert {name: is_there(name) for name in found} == found


def test_a_module_names_files_that_are_there_where_it_says_what_it_is():
    lost = {}
    for file in modules():
        said = re.match(r'"""(.*?)"""', (ROOT / file).read_text("utf-8"), flags=re.DOTALL)
        named = re.findall(rf"\b(?:{CODE})/[\w/]+\.py\b", said[1]) if said else []
        if missing := [name for name in named if not (ROOT / name).exists()]:
            lost[file] = missing
    assert lost == {}


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_a_table_ends_with_an_empty_line(page):
    """Else what follows is taken for one more row."""
    lines = prose(page.read_text("utf-8")).splitlines()
    assert [after for line, after in itertools.pairwise(lines) if line.startswith("|") and after[:1] not in "|"] == []


def types_of(union: Any) -> set[str]:
    """The values of `type` in a discriminated union."""
    members = get_args(get_args(union)[0])
    return {name for member in members for name in get_args(member.model_fields["type"].annotation)}


NAMED: dict[str, tuple[str, str, set[str]]] = {
    "sources": ("docs/guide.md", "Sources", types_of(SourceSpec)),
    "sources, key by key": ("docs/data.md", "Data", types_of(SourceSpec)),
    "rewards": ("docs/guide.md", "Rewards", types_of(RewardSpec)),
    "rewards, key by key": ("docs/rewards.md", "Rewards", types_of(RewardSpec)),
    "guards": ("docs/guide.md", "Guards", set(Guards.model_fields) - {"over", "fall"}),
    "guards, key by key": ("docs/guards.md", "Guards", set(Guards.model_fields)),
    "orders": ("docs/guide.md", "Orders and compositions", set(get_args(OrderName))),
    "compositions": ("docs/guide.md", "Orders and compositions", set(get_args(Composition))),
    "compositions of a search": ("docs/search_space.md", "One space", set(get_args(SearchComposition))),
    "samplers": ("docs/search_space.md", "How a search chooses schedules", set(get_args(SamplerName))),
    "mixing rules": ("docs/guide.md", "Adaptive mixing", set(get_args(MixingRule))),
    "rates": ("docs/guide.md", "The rate's path", set(get_args(RateName))),
    "merges": ("docs/guide.md", "Rivals", {f"merge-{name}" for name in get_args(MergeMethod)}),
    "metrics": ("docs/guide.md", "Measures", set(get_args(Metric))),
    "inquiries": ("docs/guide.md", "Measures", set(get_args(Inquiry))),
    "trackers": ("docs/guide.md", "Trackers", set(get_args(TrackerName))),
    "what is kept": ("docs/export.md", "Room on disk", set(get_args(Keep))),
    "extras": ("docs/guide.md", "Packages that only some need", set(EXTRAS.values())),
    "tools": ("docs/export.md", "Training the schedule with another tool", set(TOOLS)),
}

WRITTEN: tuple[type[BaseModel], ...] = (
    Curriculum,
    ScratchModel,
    PretrainedModel,
    Lora,
    Warmup,
    DomainSpec,
    Training,
    ScheduleSpec,
    Probing,
    Constraints,
    Adaptive,
    Baselines,
    ComparisonSpec,
    Evaluation,
    Resources,
)
"""What a curriculum is made of, whose keys the guide names."""


@pytest.mark.parametrize("kind", NAMED)
def test_everything_that_can_be_written_is_named(kind):
    page, heading, names = NAMED[kind]
    assert names
    assert names - set(re.findall(r"`([^`\n]+)`", section(text(page), heading))) == set()


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model.__name__)
def test_the_guide_names_every_key(model):
    named = {word for code in re.findall(r"`([^`\n]+)`", text("docs/guide.md")) for word in re.findall(r"\w+", code)}
    assert set(model.model_fields) - named == set()


@pytest.mark.parametrize("tier", get_args(Tier))
def test_every_tier_of_measures_is_explained(tier):
    assert {spec.tier for spec in MEASURES.values()} == set(get_args(Tier))
    assert f"Tier {tier}" in section(text("docs/guide.md"), "Measures")


COMMANDS = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def commands(page: str) -> Iterator[str]:
    """Every command that a page tells: lines of shell blocks, and code within a sentence."""
    for block in re.findall(r"^ *```(?:sh|console|)\n(.*?)^ *```", page, flags=re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            yield from (part.strip().removeprefix("$ ") for part in re.split(r"#\s|;|&&", line)[:4])
    yield from re.findall(r"`((?:stagewise|python -m|make) [^`\n]+)`", prose(page))


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_commands_exist_with_their_options(page):
    wrong = []
    for line in commands(page.read_text("utf-8")):
        words = line.replace("…", " ").split()
        if words[:1] == ["stagewise"] and len(words) > 1:
            name = words[1]
            known = {option for one in COMMANDS[name].params for option in one.opts} if name in COMMANDS else set()
            known |= {"--help"}
            asked = {word.split("=")[0] for word in words[2:] if word.startswith("--")}
            if not (name in COMMANDS and asked <= known) and name not in ("--version", "--help"):
                wrong.append(line)
        elif words[:2] == ["python", "-m"] and not words[2].startswith(("pytest", "pip")):
            if not words[2].endswith(".NAME") and find_spec(words[2]) is None:
                wrong.append(line)
        elif words[:1] == ["make"] and not re.search(rf"^{re.escape(words[1])}:", text("Makefile"), flags=re.MULTILINE):
            wrong.append(line)
    assert not wrong


def test_the_guide_names_every_command():
    named = set(re.findall(r"stagewise [a-z]+", text("docs/guide.md")))
    assert {f"stagewise {name}" for name in COMMANDS} - named == set()


def test_every_page_is_in_the_guides_list():
    listed = set(links(section(text("docs/guide.md"), "All pages")))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"guide.md"} <= listed


@pytest.mark.parametrize(
    ("name", "status"),
    [("docs/DECISIONS.md", "Accepted"), ("docs/decisions_history.md", "Superseded|Taken back")],
)
def test_every_decision_has_a_date_and_a_status(name, status):
    entries = re.findall(r"^### (.+)\n\n(.+)", text(name), flags=re.MULTILINE)
    assert entries
    assert len(entries) == len(re.findall(r"^### ", text(name), flags=re.MULTILINE))
    assert [title for title, _ in entries if not re.search(r" \(2026-\d\d-\d\d\)$", title)] == []
    assert [title for title, line in entries if not re.match(rf"\*\*(?:{status})\*\*", line)] == []


def test_every_decision_stands_in_the_index():
    page = text("docs/DECISIONS.md")
    index = set(links(section(page, "Index")))
    entries = re.findall(r"^### (.+)$", page, flags=re.MULTILINE)
    assert {f"#{slug(entry)}" for entry in entries} - index == set()


def test_the_license_is_the_one_that_the_package_names():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE
