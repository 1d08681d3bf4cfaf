"""A composition is one file and one name in one table: a made-up one in a copy of the three lower floors."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from typing import get_args

import pytest

from curricula.compositions import Composed, Composition, Ordered, SearchComposition
from scheduler.composing.compositions.table import ALL, KINDS
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

BACK = '''\
"""There and back: the order, one domain a stage, and the same in reverse, at half the length each."""

from __future__ import annotations

from scheduler.composing.compositions.kind import CompositionKind
from scheduler.composing.compositions.ordered import as_chosen, ordered


def _drafts(choice, base):
    there = ordered(choice.model_copy(update={"repeats": 2}), base, choice.trained, 0.0)[: len(choice.trained)]
    back = ordered(choice.model_copy(update={"repeats": 2}), base, choice.trained, 0.0)[len(choice.trained) :]
    return (*there, *reversed(back))


def _refuses(curriculum):
    return "goes back over three domains or more" if len(curriculum.domains) < 3 else None


KIND = CompositionKind(
    name="there_and_back",
    drafts=_drafts,
    order=as_chosen,
    heeds=frozenset({"lengths"}),
    alone=True,
    mixes=False,
    refuses=_refuses,
)
'''
DOMAIN = "{kind: structured, source: {type: stories}, rewards: [{type: exact}], metric: exact}"
CURRICULUM = f"""\
name: back
model: {{type: scratch}}
domains:
  a: {DOMAIN}
  b: {DOMAIN}
  c: {DOMAIN}
training: {{steps: 10}}
schedule: {{order: given, given: [a, b, c], composition: there_and_back}}
baselines: {{orders: [], compositions: [sequential, there_and_back]}}
search: {{compositions: [there_and_back], repeats: [1, 2]}}
"""
ASKED = """
import json
from pathlib import Path
from curricula.loader import load_curriculum
from curricula.json_schema import schema_text
from scheduler.arms import fixed_arms
from scheduler.composing.choice import own_choice
from scheduler.composing.compose import schedule_of
from scheduler.search.space import space

curriculum = load_curriculum(Path("c.yaml"))
main, *others = fixed_arms(curriculum)
trial = schedule_of(own_choice(curriculum, ("a", "b", "c")), curriculum, "trial")
print(json.dumps({
    "main": [main.name, main.role, main.composition],
    "stages": [[stage.label, stage.training.steps] for stage in main.stages],
    "others": [arm.name for arm in others],
    "trial": trial.stages == main.stages,
    "space": sorted(space(curriculum)),
    "schema": "there_and_back" in schema_text(),
}))
"""

CHECKED = """
from pathlib import Path
from curricula.loader import load_curriculum
from scheduler.composing.compositions.table import check_composed

check_composed(load_curriculum(Path("c.yaml")))
"""


@pytest.fixture
def copy(tmp_path):
    for name in ("domains", "curricula", "scheduler"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    folder = tmp_path / "scheduler" / "composing" / "compositions"
    (folder / "there_and_back.py").write_text(BACK, encoding="utf-8")
    for file, line, more in (
        (folder / "table.py", "    adaptive.KIND,\n", "    there_and_back.KIND,\n"),
        (folder / "table.py", "import adaptive", ", there_and_back"),
        (tmp_path / "curricula" / "compositions.py", '"cumulative"', ', "there_and_back"'),
    ):
        text = file.read_text("utf-8")
        assert line in text
        file.write_text(text.replace(line, line + more, 1), encoding="utf-8")
    (tmp_path / "c.yaml").write_text(CURRICULUM, encoding="utf-8")
    return tmp_path


def asked(folder, code=ASKED):
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


def test_a_composition_is_added_by_one_file_and_one_name(copy):
    done = asked(copy)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["main"] == ["given-there_and_back", "main", "there_and_back"]
    assert told["stages"] == [[name, 5] for name in "abccba"]
    assert told["others"][0] == "given-sequential"
    assert told["trial"]
    assert told["space"] == ["length.a", "length.b", "length.c", "place.a", "place.b", "place.c"]
    assert told["schema"]


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        (("composition: there_and_back", "composition: sequential"), "baselines.compositions"),
        (("sequential, there_and_back", "sequential"), "schedule.composition"),
    ],
)
def test_a_composition_says_what_it_cannot_compose(copy, changed, key):
    text = CURRICULUM.replace(f"  c: {DOMAIN}\n", "").replace("[a, b, c]", "[a, b]").replace(*changed)
    (copy / "c.yaml").write_text(text, encoding="utf-8")
    done = asked(copy, CHECKED)
    assert f"{key}: goes back over three domains or more" in done.stderr


def test_the_table_is_what_the_yaml_may_say():
    assert [kind.name for kind in ALL] == list(get_args(SearchComposition))
    assert [kind.name for kind in ALL if kind.order] == list(get_args(Ordered))
    assert set(get_args(Composition)) - {"explicit"} <= set(KINDS)
    assert set(get_args(Composed)) == {*KINDS, "explicit", "merge"}


def test_no_other_file_decides_by_the_names_of_compositions():
    """Else a new one would have to be named there too. Probes are sequential, and their readers may ask for that; the
    plan's advice is about two staged ways and joint training, and limits are of one domain a stage."""
    names = "|".join(get_args(Ordered))
    alone = {
        "curricula/constraint_checks.py: sequential",
        "experiments/run/reading/gather.py: sequential",
        "experiments/analysis/intervals/predictions.py: sequential",
        "scheduler/evidence/audit.py: sequential",
    }
    found = set()
    for package in ("domains", "curricula", "scheduler", "experiments"):
        for file in (ROOT / package).rglob("*.py"):
            for name in re.findall(rf'(?:==|!=|in [({{\[]) ?"({names})"|"({names})" in ', file.read_text("utf-8")):
                found.add(f"{file.relative_to(ROOT).as_posix()}: {''.join(name)}")
    assert found == alone
