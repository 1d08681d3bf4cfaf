"""GRPO whose rollouts vLLM draws in the same process, with real vLLM: how far apart are the two models' probabilities?

``python -m benchmarks.vllm_stage FOLDER [STEPS [RATE]]``, where vLLM is installed beside stagewise: trains the model of
FOLDER on sums, twice by the same seed and once by another one, each with a vLLM of its own, one after another. It
prints the rewards, TRL's mean difference between vLLM's and the trainer's log-probabilities of a token, and whether
equal seeds drew equal rollouts and other ones others. At a high rate (1e-3) the two models stay near each other only
where vLLM really gets the weights of every step.

On a CPU `validate` refuses such a stage, because vLLM packs the weights when it starts and then takes no others. Here
vLLM is kept from packing them, by a switch of its own code that is no setting, so that all else can be tried.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import torch

from benchmarks.arguments import arguments
from benchmarks.endpoint import items
from curricula.schema import PretrainedModel
from curricula.stage import Training
from domains.example import Example
from domains.packages import install, is_missing, lacking
from domains.rewards import Mark
from experiments.models.checkpoints import build_model
from experiments.models.seeding import seed_all
from experiments.training.draw import Drawn
from experiments.training.grpo import grpo_trainer
from experiments.training.tally import RolloutTally
from experiments.training.vllm import let_go

TOKENS = 12


def digits(group: Any, _: Example) -> list[Mark]:
    """Share of digits in each completion, so that groups vary."""
    return [Mark(sum(letter.isdigit() for letter in text) / max(1, len(text)), text) for text in group]


def trained(folder: Path, steps: int, rate: float, seed: int) -> tuple[list[str], list[dict[str, float]]]:
    """What was said, and TRL's log."""
    gpu = torch.cuda.is_available()
    own = {"vllm_max_model_length": 128, "vllm_importance_sampling_mode": "token_truncate"}
    training = Training(steps=steps, prompts=2, rollouts=4, learning_rate=rate, trl={"use_vllm": True, **own})
    network, tokenizer = build_model(PretrainedModel(type="pretrained", id=str(folder)))
    device = torch.device("cuda" if gpu else "cpu")
    said: list[str] = []

    def reward(group: Any, item: Example) -> list[Mark]:
        said.extend(group)
        return digits(group, item)

    seed_all(seed, 1)
    with tempfile.TemporaryDirectory() as scratch:
        trainer = grpo_trainer(
            network.to(device),
            tokenizer,
            training,
            [Drawn("sums", item) for item in items(steps * training.prompts, plain=False)],
            rewards={"sums": reward},
            max_tokens=TOKENS,
            seed=seed,
            device=device,
            folder=scratch,
            tally=RolloutTally(),
            stop={"sums": ()},
            reference=None,
        )
        trainer.train()
        let_go(trainer)
    return said, trainer.state.log_history


def main() -> dict[str, Any]:
    """Prints one line of JSON."""
    if is_missing("vllm"):
        print(f"Skipped: it {lacking('vllm')}. {install('vllm')}")
        return {}
    folder, *rest = arguments(__doc__)
    if not torch.cuda.is_available():
        import vllm._custom_ops

        vllm._custom_ops._supports_onednn = False
    steps, rate = int(rest[0]) if rest else 2, float(rest[1]) if rest[1:] else 1e-5
    runs = [trained(Path(folder), steps, rate, seed) for seed in (1, 1, 2)]
    key = "sampling/sampling_logp_difference/mean"
    result = {
        "rewards": [[round(each["reward"], 3) for each in log if "reward" in each] for _, log in runs],
        "nats a token apart": [[each[key] for each in log if key in each] for _, log in runs],
        "equal seeds, equal rollouts": runs[0][0] == runs[1][0],
        "other seed, other rollouts": runs[0][0] != runs[2][0],
        "said": runs[0][0][:4],
    }
    print(json.dumps(result), flush=True)
    return result


if __name__ == "__main__":
    main()
