"""The peer of benchmarks/chain.py: four GRPO stages by TRL in one plain script, nothing else of ours but the data.

python -m benchmarks.plain_trl FILE OUTPUT

It trains on the same examples in the same order as stagewise. The last line that it prints is JSON: the tokens that
it trained on, and how many of them were prompts.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from benchmarks.arguments import arguments
from curricula.loader import load_curriculum
from curricula.schema import Curriculum
from domains.example import Example
from domains.preparation.prepare import prepare
from experiments.models.checkpoints import build_model
from experiments.training.draw import draw


def stage_examples(curriculum: Curriculum, name: str, base: Path) -> list[Example]:
    """What stagewise trains on in the only stage of a domain, in order. Relative paths start at `base`."""
    asked = curriculum.evaluation
    data = prepare(
        name,
        curriculum.domains[name],
        validation=asked.validation,
        test=asked.test,
        seed=curriculum.data_seed,
        base=base,
    )
    count = curriculum.training.steps * curriculum.training.prompts
    drawn = draw({name: count}, {name: data["train"]}, str(curriculum.seeds[0]), {})
    return [each.example for each in drawn]


def main(file: Path, output: Path) -> None:
    """Train the stages of `file` one after the other and save each checkpoint."""
    torch.set_num_threads(1)
    curriculum = load_curriculum(file)
    model, tokenizer = build_model(curriculum.model, None)
    training = curriculum.training
    tokens = prompt_tokens = 0
    for name in curriculum.schedule.given or ():
        rows = [
            {"prompt": item.prompt, "answer": item.answer} for item in stage_examples(curriculum, name, file.parent)
        ]

        def reward(completions: list[str], answer: list[str], **_: object) -> list[float]:
            return [float(text.strip() == gold) for text, gold in zip(completions, answer, strict=True)]

        arguments = GRPOConfig(
            output_dir=str(output / name),
            max_steps=training.steps,
            learning_rate=training.learning_rate,
            lr_scheduler_type="constant",
            per_device_train_batch_size=training.prompts * training.rollouts,
            num_generations=training.rollouts,
            max_completion_length=curriculum.domains[name].max_tokens,
            activation_checkpointing=False,
            bf16=False,
            use_cpu=True,
            shuffle_dataset=False,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            logging_steps=10,
        )
        trainer = GRPOTrainer(
            model=model,
            reward_funcs=reward,
            args=arguments,
            train_dataset=Dataset.from_list(rows),
            processing_class=tokenizer,
        )
        trainer.train()
        trainer.save_model(str(output / name))
        tokens += int(max(log.get("num_tokens", 0) for log in trainer.state.log_history))
        prompt_tokens += training.rollouts * sum(map(len, tokenizer([row["prompt"] for row in rows])["input_ids"]))
    print(json.dumps({"tokens": tokens, "prompt_tokens": prompt_tokens}))


if __name__ == "__main__":
    main(*map(Path, arguments(__doc__, 2)))
