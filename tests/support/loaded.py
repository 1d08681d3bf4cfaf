"""Processes that begin with torch and the trainers loaded, which takes a spawned one seconds.

They are forked from a process that has loaded them and done nothing else; else all is as where they are spawned.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from experiments.executors.base import Work
from experiments.worker.node import run_node
from tests.support.paths import ROOT

LOADED = ["experiments.worker.rank", "experiments.training.stage"]


def loaded() -> ForkServerContext:
    """In place of `multiprocessing.get_context("spawn")`. What they come from lives as long as this process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        forkserver.ensure_running()
    return context


def run_saying(work: Work, file: Path, more: Mapping[str, str]) -> None:
    """`run_node` in one of them: what it says goes to `file`, and `more` is what its environment has beside."""
    os.environ |= more
    with file.open("wb") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    run_node(work)
