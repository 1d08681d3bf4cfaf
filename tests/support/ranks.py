"""Processes that train a stage together: `python -m tests.support.ranks PROCESSES PORT FILE` loads torch and forks."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import torch

from curricula.stage import Training
from experiments.training.stage import Trained
from tests.support.nodes import worker_environment
from tests.support.paths import ROOT

SFT = Training(method="sft", steps=5, prompts=8, learning_rate=1e-2)


def together(processes: int, port: int, file: Path) -> Any:
    """What the first of so many processes leaves of a stage by SFT: its curve, tokens and weights."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.ranks", str(processes), str(port), str(file)]
    subprocess.run(command, env=worker_environment(), cwd=ROOT, timeout=240, check=True)
    return torch.load(file)


def left(trained: Trained, network: torch.nn.Module) -> dict[str, Any]:
    """What is compared."""
    weights = {name: weight.detach() for name, weight in network.named_parameters()}
    return {"curve": trained.curve, "tokens": trained.cost.tokens, "weights": weights}


def main(processes: int, port: str, file: str) -> int:
    """See above. How many of them failed."""
    from tests.experiments.training import test_training

    work = partial(one, test_training, processes, port, file)
    children = [multiprocessing.get_context("fork").Process(target=work, args=(rank,)) for rank in range(processes)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return sum(child.exitcode != 0 for child in children)


def one(training: Any, processes: int, port: str, file: str, rank: int) -> None:
    """One of the processes."""
    where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": processes}
    os.environ |= {name: str(value) for name, value in where.items()} | {"ACCELERATE_USE_CPU": "true"}
    torch.distributed.init_process_group("gloo")
    network = training.fresh()
    trained = training.train(network, SFT)
    if rank == 0:
        torch.save(left(trained, network), file)
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:]))
