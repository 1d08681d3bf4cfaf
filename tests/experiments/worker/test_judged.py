"""A stage whose reward is a judge: killed in its middle and started again, it asks nothing twice and ends the same."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest

from curricula.schema import Resources
from curricula.stage import Stage, Training
from domains.errors import StageError
from domains.rewards.judge import JudgeReward
from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.nodes.tree import base_node, child_node
from experiments.store import Store
from experiments.worker.node import run_node
from tests.support import warm
from tests.support.chat_server import chat_server, shown
from tests.support.models import stored
from tests.support.nodes import worker_environment

pytestmark = pytest.mark.slow

KEY = "sk-test-0123456789abcdefghijklmn"
STAGE = Stage(mixture={"copy": 1.0}, training=Training(steps=3, prompts=2, rollouts=2))


def grade(body):
    """A score that follows from what is shown, as a judge's at temperature 0."""
    return f"SCORE: {hashlib.sha256(shown(body).encode()).digest()[0] % 11}"


def work_at(folder, url, **more):
    store, setup = stored(str(folder))
    content = {"type": "judge", "url": url, "model": "m", "weights": "w", "key_env": "JUDGE_KEY", "rubric": "x"}
    content |= {"patience": 0, **more}
    rewards = (JudgeReward.model_validate(content),)
    domains = {
        name: domain.model_copy(update={"rewards": rewards, "metric": "judge"})
        for name, domain in setup.domains.items()
    }
    setup = setup.model_copy(update={"domains": domains})
    base = base_node(setup)
    return [
        Work(base, None, setup, store.url, Resources()),
        Work(child_node(setup, base, STAGE, 0), base, setup, store.url, Resources()),
    ]


def record(work):
    return Store.open(work.store).record(work.node, suite_of(work.setup).id)


def weights(work):
    with Store.open(work.store).checkpoint(work.node) as folder:
        return (folder / "model.safetensors").read_bytes()


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.mark.timeout(900)
def test_killed_in_mid_stage_it_asks_nothing_twice_and_ends_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with chat_server(grade) as (server, url):
        whole = work_at(tmp_path / "whole", url)
        for work in whole:
            run_node(work)
        asked = server.asked
        bill = record(whole[1]).cost.asked
        assert bill.requests + record(whole[0]).cost.asked.requests == asked > 0
        assert bill.prompt_tokens == 7 * bill.requests

    killed_at = None

    def stalls(body):
        if killed_at is not None and server.asked == killed_at:
            time.sleep(30)
        return grade(body)

    with chat_server(stalls) as (server, url):
        broken = work_at(tmp_path / "broken", url, concurrency=1, timeout=60)
        run_node(broken[0])
        killed_at = server.asked + 3
        child = warm.start(worker_environment(), run_node, broken[1])
        end = time.monotonic() + 400
        while server.asked < killed_at and child.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        child.kill()
        child.wait()
        assert server.asked == killed_at, child.said
        killed_at = None
        run_node(broken[1])
        # The question whose answer never came is the one that is asked again.
        assert server.asked == asked + 1
        assert record(broken[1]).cost.asked.remembered >= 2
        assert all(headers["authorization"] == f"Bearer {KEY}" for headers in server.headers)

    assert record(broken[1]).scores == record(whole[1]).scores
    assert record(broken[1]).reward_curve == record(whole[1]).reward_curve
    assert weights(broken[1]) == weights(whole[1])
    assert KEY.encode() not in everything_in(tmp_path) + child.said.encode()


def test_the_address_is_no_part_of_a_stage_where_the_weights_are_named(tmp_path):
    places = {"a": "http://localhost:1/v1", "b": "http://elsewhere:2/v1"}
    one, other = (work_at(tmp_path / name, url) for name, url in places.items())
    unnamed, elsewhere = (work_at(tmp_path / f"{name}2", url, weights=None) for name, url in places.items())
    assert unnamed[0].setup.id != elsewhere[0].setup.id
    assert [work.node.id for work in one] == [work.node.id for work in other]
    assert one[0].setup.id == other[0].setup.id
    assert one[0].setup.id != work_at(tmp_path / "c", places["a"], model="n")[0].setup.id


def test_an_endpoint_that_is_down_fails_the_stage_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with chat_server(lambda body: (401, {"error": {"message": f"wrong key {KEY}"}})) as (_, url):
        base, _ = work_at(tmp_path, url)
        with pytest.raises(StageError) as told:
            run_node(base)
    assert told.value.boundary == "reward"
    assert "domain copy: the endpoint" in str(told.value)
    assert KEY not in str(told.value)
    assert "\n" not in str(told.value)
    assert Store.open(base.store).has_weights(base.node)
