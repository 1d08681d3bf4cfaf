"""Adapters on weights in four bits: refused where they cannot be had; where bitsandbytes is installed, as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from curricula.checks import check
from curricula.loader import load_curriculum
from curricula.schema import Adapter, Curriculum, Lora, PretrainedModel
from domains.errors import CurriculumError
from experiments.run.packages import check_packages
from tests.support.commands import TINY as FILE
from tests.support.commands import variant, within
from tests.support.nodes import worker_environment
from tests.support.paths import ROOT
from tests.support.peer_libraries import PLACE, version

ALONE = """
import sys
import tests.support
sys.path.append(sys.argv[1])
from tests.support.in_four_bits import all_as_it_is
all_as_it_is(sys.argv[2])
"""
"""Libraries there have tests of their own, which must not be taken for ours."""


def curriculum(**model: object) -> Curriculum:
    spec = PretrainedModel(type="pretrained", id="some/model", dtype="nf4", **model)  # type: ignore[arg-type]
    return load_curriculum(FILE).model_copy(update={"model": spec})


def test_it_needs_adapters_and_none_to_start_from() -> None:
    assert not check(curriculum(lora=Lora()))
    (alone,) = check(curriculum())
    assert (alone.keys, alone.rule) == (("model", "dtype"), "needs `lora`: weights in four bits are not trained")
    (both,) = check(curriculum(lora=Lora(), adapter=Adapter(id="some/adapter")))
    assert both.rule == "cannot hold `adapter`, which would be rounded to four bits"


def test_without_its_package_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domains.packages.find_spec", lambda name: None)
    with pytest.raises(CurriculumError) as caught:
        check_packages(curriculum(lora=Lora()))
    assert str(caught.value) == (
        "model.dtype: needs the package bitsandbytes, which is not installed, got 'nf4'. "
        "Install it here and on every worker: pip install 'stagewise[nf4]'."
    )


def test_validate_says_it_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the model is looked for."""
    monkeypatch.setattr("domains.packages.find_spec", lambda name: None)
    written = "model: {type: pretrained, id: no/model, lora: {rank: 2}, dtype: nf4}\n#"
    ended = within("validate", variant(tmp_path, ("model: {type: scratch", written + "model: {type: scratch")))
    assert ended.returncode == 2
    assert "tiny.yaml:3: model.dtype: needs the package bitsandbytes" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.slow
def test_as_it_is(tmp_path: Path) -> None:
    """In a process of its own, since PEFT loads the package where it finds it, in every process."""
    version("bitsandbytes")
    command = [sys.executable, "-c", ALONE, str(PLACE), str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, env=worker_environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
