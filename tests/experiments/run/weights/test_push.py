"""A model on its way to the hub: whole or not at all, and what goes wrong there is one line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub import HfApi

from domains.errors import UserError
from experiments.run.weights import push as module
from experiments.run.weights.export import Wanted
from experiments.run.weights.push import push
from tests.support.commands import TINY, within
from tests.support.recipes import job_in


class FakeHub:
    def __init__(self, fails: Exception | None = None) -> None:
        self.calls: list[object] = []
        self.fails = fails

    def create_repo(self, repo_id, *, private, exist_ok):
        if self.fails:
            raise self.fails
        self.calls.append((repo_id, private, exist_ok))

    def upload_folder(self, *, repo_id, folder_path, commit_message):
        files = sorted(file.name for file in Path(folder_path).iterdir())
        self.calls.append((repo_id, files, commit_message))


@pytest.fixture
def job(tmp_path, monkeypatch):
    def export(job, wanted, folder, command):
        if wanted.arm == "none":
            raise UserError("must name an arm", key="--arm", value="none")
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"weights")
        (folder / "README.md").write_text(command, "utf-8")
        return "the whole model: arm joint"

    monkeypatch.setattr(module, "export", export)
    return job_in(tmp_path)


def test_the_exported_folder_is_uploaded_in_one_commit(job):
    hub = FakeHub()
    assert push(job, Wanted("joint"), "me/mine", "stagewise push", hub, private=True) == "the whole model: arm joint"
    assert hub.calls == [
        ("me/mine", True, True),
        ("me/mine", ["README.md", "model.safetensors"], f"{job.run}: the whole model: arm joint"),
    ]


def test_the_hub_is_not_asked_where_there_is_nothing_to_upload(job):
    hub = FakeHub()
    with pytest.raises(UserError, match="must name an arm"):
        push(job, Wanted("none"), "me/mine", "", hub, private=True)
    assert hub.calls == []


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (ConnectionError("no route to host\nsecond line"), "Is the hub in reach?"),
        (type("Refused", (Exception,), {"response": SimpleNamespace(status_code=403)})("Forbidden."), "Log in first"),
    ],
)
def test_what_the_hub_says_is_one_line(job, error, hint):
    with pytest.raises(UserError) as caught:
        push(job, Wanted(), "me/mine", "", FakeHub(error), private=True)
    first = str(error).split("\n")[0].rstrip(".")
    assert str(caught.value).startswith(f"--repo: cannot be uploaded to: {first}, got 'me/mine'. {hint}")
    assert "\n" not in str(caught.value)


def test_the_real_client_offline_is_one_line_too(job, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(UserError, match="--repo: cannot be uploaded to: ") as caught:
        push(job, Wanted(), "me/mine", "", HfApi(token="hf_none"), private=True)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_name_that_is_none_is_refused_before_anything_is_read(tmp_path):
    done = within("push", TINY, "--repo", "me/my/model", "--store", tmp_path / "none")
    assert done.returncode == 2
    assert "--repo: must be a repository such as me/my-model, got 'me/my/model'." in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
