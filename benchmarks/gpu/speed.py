"""Tokens a second of a stage, against the same training by a bare TRL script on the same card.

    python -m benchmarks.gpu.speed FOLDER [STEPS]

FOLDER holds SmolLM2-135M-Instruct (`make smollm`). SFT on 16 examples of 500 tokens a step, and GRPO with 8 × 8
completions of up to 128 tokens, both with bf16 autocast and gradient checkpointing. In one process, after one short
round of each to warm up, in turn: ours, peer, peer, ours. Seconds run from the making of the trainer to the end of
training; what a stage does beside that (loading the parent, saving, measuring) is the same or has no peer.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer

from benchmarks.arguments import arguments
from benchmarks.gpu.work import bench, curriculum, opened
from domains.rewards import build_mix, score_group
from experiments.models.seeding import seed_all
from experiments.nodes.record import TrainingRecord
from experiments.training.draw import draw
from experiments.worker.train import train

AIM = 0.97
SIZES: dict[str, dict[str, int]] = {"sft": {"prompts": 16}, "grpo": {"prompts": 8, "rollouts": 8}}
STEPS = {"sft": 60, "grpo": 10}
WORDS = {"sft": 480, "grpo": 20}
TOKENS = 128


class Side:
    """One method's training with so many steps, by us and by the peer, on the same prompts in the same order."""

    def __init__(self, method: str, steps: int, model: Path, folder: Path) -> None:
        self.method, self.steps, self.model, self.folder = method, steps, model, folder
        self.size = SIZES[method]
        training = {"method": method, "steps": steps, **self.size, "precision": "bf16", "gradient_checkpointing": True}
        count = steps * self.size["prompts"]
        file = curriculum(folder, {"id": str(model)}, training, items=count, words=WORDS[method], tokens=TOKENS)
        self.job, tree = opened(file, folder / "store")
        self.tree = tree
        train(bench(self.job, tree, 0))
        data = self.job.prepared.data["texts"]
        self.items = [each.example for each in draw({"texts": count}, {"texts": data["train"]}, "0", {})]

    def ours(self) -> tuple[int, float]:
        """Tokens and seconds, from the stage's own record."""
        seed_all(0, 4)
        stage = bench(self.job, self.tree, 1)
        train(stage)
        record: TrainingRecord = self.job.store.training(self.tree.nodes[1])
        return record.cost.tokens, record.cost.train_seconds

    def peer(self) -> tuple[int, float]:
        """Tokens and seconds, by TRL alone."""
        seed_all(0, 4)
        started = time.perf_counter()
        trainer = (self._sft if self.method == "sft" else self._grpo)()
        trainer.train()
        seconds = time.perf_counter() - started
        return int(max(log.get("num_tokens", 0) for log in trainer.state.log_history)), seconds

    def _given(self) -> dict[str, Any]:
        """What both trainers get."""
        network = AutoModelForCausalLM.from_pretrained(self.model, dtype=torch.float32)
        return {"model": network, "processing_class": AutoTokenizer.from_pretrained(self.model)}

    def _settings(self, size: int) -> dict[str, Any]:
        return {
            "output_dir": str(self.folder / "peer"),
            "max_steps": self.steps,
            "learning_rate": 2e-4,
            "per_device_train_batch_size": size,
            "bf16": torch.cuda.is_available(),
            "use_cpu": not torch.cuda.is_available(),
            "activation_checkpointing": True,
            "shuffle_dataset": False,
            "save_strategy": "no",
            "report_to": "none",
            "disable_tqdm": True,
            "logging_steps": 1,
        }

    def _asked(self) -> list[list[dict[str, str]]]:
        return [[{"role": "user", "content": item.prompt}] for item in self.items]

    def _sft(self) -> SFTTrainer:
        rows = [
            {"prompt": asked, "completion": [{"role": "assistant", "content": item.answer}]}
            for asked, item in zip(self._asked(), self.items, strict=True)
        ]
        arguments = SFTConfig(**self._settings(self.size["prompts"]), max_length=None)
        return SFTTrainer(args=arguments, train_dataset=Dataset.from_list(rows), **self._given())

    def _grpo(self) -> GRPOTrainer:
        rollouts = self.size["rollouts"]
        spec = self.job.setup.domains["texts"]
        mark = build_mix(spec.rewards, self.job.prepared.data["texts"]["train"])

        def reward(completions: list[Any], number: list[int], **_: object) -> list[float]:
            said = [each[0]["content"] for each in completions]
            return [
                marked.score
                for start in range(0, len(said), rollouts)
                for marked in score_group("texts", mark, said[start : start + rollouts], self.items[number[start]])
            ]

        rows = [{"prompt": asked, "number": number} for number, asked in enumerate(self._asked())]
        arguments = GRPOConfig(
            **self._settings(self.size["prompts"] * rollouts),
            num_generations=rollouts,
            max_completion_length=TOKENS,
            loss_type="grpo",
        )
        return GRPOTrainer(reward_funcs=reward, args=arguments, train_dataset=Dataset.from_list(rows), **self._given())


def rates(method: str, steps: int, model: Path) -> dict[str, Any]:
    """Tokens a second of both sides and the ratio of all their tokens by all their seconds."""
    found: dict[str, list[tuple[int, float]]] = {"ours": [], "peer": []}
    for length, order in ((2, ("ours", "peer")), (steps, ("ours", "peer", "peer", "ours"))):
        for number, who in enumerate(order):
            with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as name:
                side = Side(method, length, model, Path(name))
                tokens, seconds = getattr(side, who)()
            if length == steps:
                found[who].append((tokens, seconds))
            print(method, length, number, who, tokens, f"{seconds:.2f} s", file=sys.stderr, flush=True)
    a_second = {who: sum(tokens for tokens, _ in runs) / sum(took for _, took in runs) for who, runs in found.items()}
    return {
        "ratio": round(a_second["ours"] / a_second["peer"], 3),
        "tokens a second": {who: round(rate) for who, rate in a_second.items()},
        "tokens": {who: [tokens for tokens, _ in runs] for who, runs in found.items()},
        "seconds": {who: [round(took, 2) for _, took in runs] for who, runs in found.items()},
    }


def main(model: Path, steps: int | None = None) -> None:
    """A line of JSON a method."""
    place = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    print(json.dumps({"on": place, "torch": torch.__version__, "aim": f">= {AIM}"}), flush=True)
    for method in SIZES:
        print(json.dumps({method: rates(method, steps or STEPS[method], model)}), flush=True)


if __name__ == "__main__":
    folder, *numbers = arguments(__doc__, 1)
    main(Path(folder).resolve(), *map(int, numbers))
