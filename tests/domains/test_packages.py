"""Packages that only some need: an extra each, and one line that names it."""

from __future__ import annotations

import re
import sys
import tomllib

import pytest
from fsspec.registry import _registry

from curricula.loader import load_curriculum
from domains.errors import CurriculumError, StoreError
from domains.packages import EXTRAS, install
from domains.rewards import KINDS
from experiments.run.packages import check_packages
from experiments.store.opening import connect
from tests.support.commands import variant
from tests.support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OPTIONAL = PROJECT["optional-dependencies"]
NAMED = {"grpc": "grpcio", "mlflow": "mlflow-skinny"}
"""Modules whose distribution has another name."""
JUDGE = "{type: judge, url: 'http://localhost:1/v1', model: m, rubric: good}"


def names(requirements):
    return {re.split(r"[^\w-]", one, maxsplit=1)[0] for one in requirements}


def test_every_extra_installs_what_is_missed():
    assert set(OPTIONAL) == {*EXTRAS.values(), "dev"}
    for module, extra in EXTRAS.items():
        assert names(OPTIONAL[extra]) == {NAMED.get(module, module)}
    assert not names(PROJECT["dependencies"]) & {NAMED.get(module, module) for module in EXTRAS}


def test_what_a_reward_needs_is_a_dependency_or_an_extra():
    there = names(PROJECT["dependencies"]) | set(EXTRAS)
    assert {package for kind in KINDS.values() for package in kind.packages} <= there


def test_who_tests_has_what_is_tested():
    (own,) = [one for one in OPTIONAL["dev"] if one.startswith("stagewise[")]
    extras = own.removeprefix("stagewise[").removesuffix("]")
    assert set(extras.split(",")) == {"openai", "gguf", "grpc", "s3", "tensorboard"}


def test_a_judge_without_its_client_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("domains.packages.find_spec", lambda name: None)
    curriculum = load_curriculum(variant(tmp_path, ("rewards: [{type: creative}]", f"rewards: [{JUDGE}]")))
    with pytest.raises(CurriculumError) as caught:
        check_packages(curriculum)
    assert str(caught.value) == (
        "domains.stories.rewards[0].type: needs the package openai, which is not installed, got 'judge'. "
        "Install it here and on every worker: pip install 'stagewise[openai]'."
    )


@pytest.mark.parametrize(("url", "module", "extra"), [("s3://b/runs", "s3fs", "s3"), ("gs://b/runs", "gcsfs", "gcs")])
def test_a_store_that_needs_a_package_names_its_extra(monkeypatch, url, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    # What another test used is known already.
    monkeypatch.delitem(_registry, url.partition(":")[0], raising=False)
    with pytest.raises(StoreError) as caught:
        connect(url)
    assert str(caught.value) == (
        f"needs the package {module}, which is not installed, got '{url}'. "
        f"Install it here and on every worker: pip install 'stagewise[{extra}]'."
    )


def test_what_has_no_extra_is_installed_by_its_name():
    assert install("zentorch") == "Install it here: pip install zentorch."
