"""A hub that cannot be reached: one line, soon, and nothing before it."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest
from huggingface_hub import constants

from curricula.schema import PretrainedModel
from domains.errors import ModelError
from experiments.models.checkpoints import check_model
from experiments.models.sources.hub import unreached

pytestmark = pytest.mark.slow


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub at a port where nobody listens."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")


@pytest.mark.usefixtures("dead")
def test_a_name_that_is_nowhere_is_told_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "mymodel").mkdir()
    began = time.monotonic()
    with caplog.at_level(logging.WARNING), pytest.raises(ModelError) as caught:
        check_model(PretrainedModel(type="pretrained", id="my-model"), tmp_path)
    assert time.monotonic() - began < 15
    assert str(caught.value).startswith(
        f"model.id: there is no folder {tmp_path / 'my-model'}, and the hub cannot be reached ("
    )
    assert "got 'my-model'. Did you mean 'mymodel'? Where the hub is not reached: HF_ENDPOINT" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not [record for record in caplog.records if "Retrying" in record.getMessage()]


@pytest.mark.usefixtures("dead")
def test_why_it_is_not_reached() -> None:
    assert "refused" in str(unreached())
