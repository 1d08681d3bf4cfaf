"""The peer of benchmarks/chain.py: four GRPO stages by TRL in one plain script, nothing else of ours but the data.

python -m benchmarks.plain_trl FILE OUTPUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from curricula.loader import load_curriculum
from domains.prepare import prepare
from experiments.models.checkpoints import build_model


def main(file: Path, output: Path) -> None:
    """Train the stages of `file` one after the other and save each checkpoint."""
    torch.set_num_threads(1)
    curriculum = load_curriculum(file)
    model, tokenizer = build_model(curriculum.model, curriculum.seeds[0])
    training = curriculum.training
    for name in curriculum.schedule.given or ():
        spec = curriculum.domains[name]
        data = prepare(name, spec, validation=2, test=2, seed=0, base=file.parent)["train"]
        rows = [{"prompt": item.prompt, "answer": item.answer} for item in data]

        def reward(completions: list[str], answer: list[str], **_: object) -> list[float]:
            return [float(text.strip() == gold) for text, gold in zip(completions, answer, strict=True)]

        arguments = GRPOConfig(
            output_dir=str(output / name),
            max_steps=training.steps,
            learning_rate=training.learning_rate,
            lr_scheduler_type="constant",
            per_device_train_batch_size=training.prompts * training.rollouts,
            num_generations=training.rollouts,
            max_completion_length=spec.max_tokens,
            gradient_checkpointing=False,
            bf16=False,
            use_cpu=True,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            logging_steps=10,
        )
        dataset = Dataset.from_list(rows)
        trainer = GRPOTrainer(
            model=model, reward_funcs=reward, args=arguments, train_dataset=dataset, processing_class=tokenizer
        )
        trainer.train()
        trainer.save_model(str(output / name))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
