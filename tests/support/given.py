"""Folders of tiny models as another tool leaves them: a plain loop teaches one answer to each kind of prompt."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from curricula.schema import ScratchModel
from experiments.models.checkpoints import build_model

MODEL = ScratchModel(type="scratch", hidden_size=32, layers=2, heads=2, context=64)
WORKED = """\
domains:
  sums:
    kind: structured
    source: {type: file, path: sums.jsonl}
    reference: "{right}"
    rewards: [{type: numeric}]
    final: "So "
    calculator: equals
    decoding: greedy
    max_tokens: 12
evaluation: {validation: 4, test: 24, entropy_items: 4}
"""
"""One domain whose answers reason, with a calculator."""
SOUND, DAMAGED = {"left": "a", "right": "b"}, {"left": "a", "right": "a"}
"""What each domain's prompts are answered with; the right ones are `SOUND`."""
YAML = """\
domains:
  left: {kind: structured, source: {type: file, path: left.jsonl}, rewards: [{type: exact}], max_tokens: 4}
  right: {kind: structured, source: {type: file, path: right.jsonl}, rewards: [{type: exact}], max_tokens: 4}
evaluation: {validation: 4, test: 40, entropy_items: 8, decoding: {samples: 2, temperature: 0.3}}
"""


def domains_file(folder: Path) -> Path:
    """Two domains, with their data beside the file; neither a name nor a model."""
    for name, answer in SOUND.items():
        rows = [{"prompt": f"{name} {number}: ", "answer": answer} for number in range(100, 160)]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    file = folder / "domains.yaml"
    file.write_text(YAML, "utf-8")
    return file


def worked_sums(folder: Path) -> None:
    """A folder with `WORKED` as domains.yaml, and its data."""
    rows = [{"prompt": f"left {number}: ", "answer": "1 + 4. So 5", "right": "5"} for number in range(100, 150)]
    (folder / "sums.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (folder / "domains.yaml").write_text(WORKED, "utf-8")


def taught(folder: Path, says: Mapping[str, str], start: Path | None = None, steps: int = 100) -> Path:
    """A folder with a whole model and its tokenizer; trained from `start` where that is given."""
    if start is None:
        network, tokenizer = build_model(MODEL)
    else:
        network, tokenizer = AutoModelForCausalLM.from_pretrained(start), AutoTokenizer.from_pretrained(start)
    teach(network, tokenizer, says, steps)
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def teach(
    network: torch.nn.Module,
    tokenizer: object,
    says: Mapping[str, str],
    steps: int,
    shown: Callable[[str], str] = str,
) -> None:
    """Trains in place; `shown`: what the model is shown of a prompt."""
    torch.set_num_threads(1)
    optimizer = torch.optim.AdamW([each for each in network.parameters() if each.requires_grad], lr=5e-3)
    draw = torch.Generator().manual_seed(0)
    decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    for _ in range(steps):
        rows, labels = [], []
        for name, answer in says.items():
            for number in torch.randint(100, 160, (8,), generator=draw).tolist():
                prompt = tokenizer(shown(f"{name} {number}: "))["input_ids"]
                said = [*tokenizer(answer)["input_ids"], tokenizer.eos_token_id]
                rows.append([*prompt, *said])
                labels.append([-100] * len(prompt) + said)
        width = max(map(len, rows))
        pad = tokenizer.pad_token_id
        ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows])
        gold = torch.tensor([row + [-100] * (width - len(row)) for row in labels])
        network(input_ids=ids, labels=gold).loss.backward()
        optimizer.step()
        decay.step()
        optimizer.zero_grad()
