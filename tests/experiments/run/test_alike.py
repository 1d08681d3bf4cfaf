"""Many domains over the same data: they are prepared once, and each is told of in its own name."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from curricula.schema import Curriculum
from domains.preparation import prepare
from domains.preparation.crossings import uncrossed
from domains.sources import stories
from domains.story_grammar import LOOKS, _cumulative
from experiments.run.job import prepare_data

pytestmark = pytest.mark.slow

STORIES = {"kind": "creative", "source": {"type": "stories"}, "rewards": [{"type": "creative"}], "train": 200}


def curriculum(**domains: object) -> Curriculum:
    return Curriculum.model_validate(
        {
            "name": "many",
            "model": {"type": "scratch"},
            "domains": domains,
            "evaluation": {"validation": 20, "test": 20},
        }
    )


@pytest.fixture
def prepared_times(monkeypatch):
    """How often a domain was prepared from its rows."""
    times: list[object] = []
    whole = prepare._prepare

    def noted(spec, *rest):
        times.append(spec)
        return whole(spec, *rest)

    monkeypatch.setattr(prepare, "_prepare", noted)
    return times


def test_what_is_equal_is_prepared_once(prepared_times):
    """What a domain is worth, how it is scored and what it is called decide nothing of its data."""
    weighed = {**STORIES, "weight": 2.0, "max_tokens": 30}
    found = prepare_data(curriculum(a=STORIES, b=STORIES, c=weighed, d={**STORIES, "train": 100}), Path("x.yaml"))
    assert len(prepared_times) == 2
    assert list(found.data["a"]["train"]) == list(found.data["b"]["train"]) == list(found.data["c"]["train"])
    assert len(found.data["d"]["train"]) == 100
    versions = [found.setup.domains[name].data for name in "abc"]
    assert versions[0] == versions[1] == versions[2] != found.setup.domains["d"].data


def test_the_same_as_if_each_were_prepared_alone():
    other = {**STORIES, "prompt": "Go on: {prompt}"}
    together = prepare_data(curriculum(a=STORIES, b=other), Path("x.yaml"))
    for name, spec in (("a", STORIES), ("b", other)):
        alone = prepare_data(curriculum(**{name: spec}), Path("x.yaml"))
        for split in ("validation", "test"):
            assert list(together.data[name][split]) == list(alone.data[name][split])


def test_notes_are_in_each_domain_s_name(tmp_path, prepared_times):
    lines = [json.dumps({"q": f"1 + {at} =", "a": str(at + 1)}) for at in range(100)]
    Path(tmp_path, "sums.jsonl").write_text("\n".join([*lines, *lines]), "utf-8")
    spec = {
        "kind": "structured",
        "source": {"type": "file", "path": "sums.jsonl"},
        "prompt": "{q}",
        "answer": "{a}",
        "rewards": [{"type": "exact"}],
    }
    found = prepare_data(curriculum(one=spec, two=spec), tmp_path / "x.yaml")
    assert len(prepared_times) == 1
    assert [note.split(":")[0] for note in found.notes if "duplicate" in note] == ["one", "two"]


def test_stories_are_told_once_however_they_are_rendered(monkeypatch):
    stories._endings.cache_clear()
    told: list[object] = []
    tell = stories.tell
    monkeypatch.setattr(stories, "tell", lambda *of: told.append(of) or tell(*of))
    prepare_data(curriculum(a=STORIES), Path("x.yaml"))
    once = len(told)
    prepare_data(curriculum(b={**STORIES, "prompt": "Go on: {prompt}"}), Path("x.yaml"))
    assert len(told) == once > 0


def test_words_are_drawn_as_by_their_weights():
    weights = [1 / place**2.5 for place in range(1, len(LOOKS) + 1)]
    mine, theirs = Random(3), Random(3)
    for _ in range(50):
        drawn = mine.choices(LOOKS, cum_weights=_cumulative(len(LOOKS), 2.5))
        assert drawn == theirs.choices(LOOKS, weights)


def test_forty_domains_that_hold_out_each_other_s_items():
    """In one pass over all of them: the union of all others, for each one anew, took minutes for large ones."""
    domains = {f"d{at:02}": {**STORIES, "source": {"type": "stories", "zipf": at / 10}} for at in range(4)}
    found = prepare_data(curriculum(**domains), Path("x.yaml"))
    for name, splits in found.data.items():
        held = {
            item.prompt + item.answer
            for other, theirs in found.data.items()
            if other != name
            for split in ("validation", "test")
            for item in theirs[split]
        }
        assert not held & {item.prompt + item.answer for item in splits["train"]}
    assert uncrossed({}, {}) == {}
