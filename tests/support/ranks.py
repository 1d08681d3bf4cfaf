"""One process of several that train a stage together: `python -m tests.support.ranks RANK PROCESSES PORT FILE`."""

from __future__ import annotations

import os
import subprocess
import sys
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
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.ranks"]
    started = [
        subprocess.Popen(
            [*command, str(rank), str(processes), str(port), str(file)], env=worker_environment(), cwd=ROOT
        )
        for rank in range(processes)
    ]
    assert [process.wait(240) for process in started] == [0] * processes
    return torch.load(file)


def left(trained: Trained, network: torch.nn.Module) -> dict[str, Any]:
    """What is compared."""
    weights = {name: weight.detach() for name, weight in network.named_parameters()}
    return {"curve": trained.curve, "tokens": trained.cost.tokens, "weights": weights}


def main(rank: int, processes: int, port: int, file: str) -> None:
    """See above."""
    from tests.experiments.training.test_training import fresh, train

    where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": processes}
    os.environ |= {name: str(value) for name, value in where.items()} | {"ACCELERATE_USE_CPU": "true"}
    torch.distributed.init_process_group("gloo")
    network = fresh()
    trained = train(network, SFT)
    if rank == 0:
        torch.save(left(trained, network), file)
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
