"""The domains' rewards as the functions that other trainers call: what `rewards.py` of an exported folder uses.

An export carries a copy of this package under a name of its own, so nothing here may import from outside of it but
what a reward's kind says that it needs (`RewardKind.packages`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from domains.errors import DataError
from domains.example import Example
from domains.frozen import Frozen
from domains.rewards import Lent, Reward, RewardSpec, build_mix, score_group, with_codes
from domains.rewards.lent import Scores, nothing_lent

FILE = "rewards.json"


class Scored(Frozen):
    """What scores a domain's completions."""

    rewards: tuple[RewardSpec, ...]
    stop: tuple[str, ...] = ()
    """Texts at which a completion ends; it is cut before the first of them."""


def written(domains: dict[str, Scored]) -> str:
    """The text of `FILE`."""
    return json.dumps({name: one.model_dump(mode="json") for name, one in domains.items()}, indent=1) + "\n"


@dataclass(frozen=True)
class Scorer:
    """The rewards in a folder's `FILE` over the training items beside it: ``items/DOMAIN.jsonl``."""

    folder: Path
    network: Callable[[Any], Scores] = nothing_lent
    """A `RewardModelReward` → its network."""

    def trl(self, completions: Sequence[Any], domain: Sequence[str], item: Sequence[str]) -> list[float]:
        """As TRL and axolotl call a reward: neighbours that answer one item are its group.

        A completion is text, or a list of messages of which the last one counts. Raises DataError for an item that is
        not in the folder, StageError where a reward fails.
        """
        scores: list[float] = []
        rows = zip(domain, item, completions, strict=True)
        for (name, key), group in groupby(rows, key=lambda row: row[:2]):
            scores += self._group(name, key, [_text(row[2]) for row in group])
        return scores

    def verl(self, domain: str, item: str, completion: str) -> float:
        """As verl calls a reward: one completion at a time, so that each is a group of its own."""
        return self._group(domain, item, [completion])[0]

    def _group(self, domain: str, item: str, texts: Sequence[str]) -> list[float]:
        items, reward = self._domain(domain)
        if item not in items:
            raise DataError("is no item of the domain", key=domain, value=item, hint="Export the folder anew.")
        stop = self._scored[domain].stop
        group = [text[: min((at for one in stop if (at := text.find(one)) >= 0), default=len(text))] for text in texts]
        return [mark.score for mark in score_group(domain, reward, group, items[item])]

    @cached_property
    def _scored(self) -> dict[str, Scored]:
        return TypeAdapter(dict[str, Scored]).validate_json((self.folder / FILE).read_bytes())

    @cached_property
    def _known(self) -> dict[str, tuple[dict[str, Example], Reward]]:
        return {}

    def _domain(self, domain: str) -> tuple[dict[str, Example], Reward]:
        if domain not in self._known:
            text = (self.folder / "items" / f"{domain}.jsonl").read_text("utf-8")
            items = [Example.model_validate_json(line) for line in text.split("\n") if line]
            specs = with_codes(self._scored[domain].rewards, self.folder)
            reward = build_mix(specs, items, Lent(network=self.network))
            self._known[domain] = ({one.id: one for one in items}, reward)
        return self._known[domain]


def _text(completion: Any) -> str:
    return completion if isinstance(completion, str) else str(completion[-1]["content"])
