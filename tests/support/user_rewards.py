"""Reward functions as a user may write them."""

from __future__ import annotations

from typing import Any


def shares_letters(completion: str, reference: str) -> float:
    """The share of the reference's letters that the completion holds; nothing for a blank one."""
    return float(bool(completion.strip())) * len(set(reference) & set(completion)) / len(set(reference))


def shares_letters_by_group(completions: list[str], reference: list[str], **_: Any) -> list[float]:
    """The same in TRL's way."""
    return [shares_letters(text, gold) for text, gold in zip(completions, reference, strict=True)]
