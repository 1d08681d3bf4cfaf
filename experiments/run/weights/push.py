"""An exported model on the Hugging Face hub."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Protocol

from domains.errors import UserError
from experiments.run.job import Job
from experiments.run.weights.export import Wanted, export


class Hub(Protocol):
    """What of `huggingface_hub.HfApi` is used."""

    def create_repo(self, repo_id: str, *, private: bool, exist_ok: bool) -> Any:
        """Make the repository; an existing one stays as it is."""

    def upload_folder(self, *, repo_id: str, folder_path: str, commit_message: str) -> Any:
        """One commit with all files of a folder."""


def push(job: Job, wanted: Wanted, repo: str, command: str, hub: Hub, *, private: bool) -> str:
    """Export a model as `export` does and upload it; says what was uploaded where.

    The hub is asked for nothing before the export is whole. Raises UserError where the export does, and in one line
    where the hub cannot be reached or refuses.
    """
    check_repo(repo)
    with tempfile.TemporaryDirectory(prefix="stagewise-") as name:
        folder = Path(name) / "model"
        told = export(job, wanted, folder, command)
        try:
            hub.create_repo(repo, private=private, exist_ok=True)
            hub.upload_folder(repo_id=repo, folder_path=str(folder), commit_message=f"{job.run}: {told}")
        except Exception as error:
            # The library lets through its own errors, its transport's, and those of the operating system.
            raise UserError(_rule(error), key="--repo", value=repo, hint=_hint(error)) from error
    return told


def check_repo(repo: str) -> None:
    """UserError where that cannot be the name of a repository."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise UserError(
            "must be a repository such as me/my-model", key="--repo", value=repo, hint=_first_line(error)
        ) from error


def _rule(error: Exception) -> str:
    return f"cannot be uploaded to: {_first_line(error)}"


def _first_line(error: Exception) -> str:
    return (str(error).strip().split("\n")[0] or type(error).__name__).rstrip(".")


def _hint(error: Exception) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in {401, 403}:
        return "Log in first: hf auth login, or set HF_TOKEN to a token that may write."
    return "Is the hub in reach? To write the model to a folder: stagewise export."
