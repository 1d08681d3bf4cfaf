"""The domains' rewards as the functions that other trainers call: what `rewards.py` of an exported folder uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import groupby
from pathlib import Path
from typing import Any

from curricula.loader import load_curriculum
from curricula.schema import Curriculum
from domains.errors import DataError
from domains.example import Example
from domains.rewards import Lent, Reward, build_mix, score_group, with_codes


@dataclass(frozen=True)
class Scorer:
    """The rewards of a curriculum over the prepared training items beside it: ``items/DOMAIN.jsonl``."""

    folder: Path

    @classmethod
    def beside(cls, file: str) -> Scorer:
        """Of the folder in which `file` lies."""
        return cls(Path(file).resolve().parent)

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
        items, reward = self._items(domain), self._reward(domain)
        if item not in items:
            raise DataError("is no item of the domain", key=domain, value=item, hint="Export the folder anew.")
        stop = self._curriculum.domains[domain].stop
        group = [text[: min((at for one in stop if (at := text.find(one)) >= 0), default=len(text))] for text in texts]
        return [mark.score for mark in score_group(domain, reward, group, items[item])]

    @cached_property
    def _curriculum(self) -> Curriculum:
        return load_curriculum(self.folder / "curriculum.yaml")

    @cached_property
    def _known(self) -> dict[str, tuple[dict[str, Example], Reward]]:
        return {}

    def _items(self, domain: str) -> dict[str, Example]:
        return self._domain(domain)[0]

    def _reward(self, domain: str) -> Reward:
        return self._domain(domain)[1]

    def _domain(self, domain: str) -> tuple[dict[str, Example], Reward]:
        if domain not in self._known:
            text = (self.folder / "items" / f"{domain}.jsonl").read_text("utf-8")
            items = [Example.model_validate_json(line) for line in text.split("\n") if line]
            specs = with_codes(self._curriculum.domains[domain].rewards, self.folder)
            reward = build_mix(specs, items, Lent(network=_network()))
            self._known[domain] = ({one.id: one for one in items}, reward)
        return self._known[domain]


def _network() -> Callable[[Any], Any]:
    """Reward models on a GPU where there is one, loaded when the first of them is asked."""

    def load(spec: Any) -> Any:
        from experiments.executors.gpus import own_gpus
        from experiments.models.checkpoints import device_for
        from experiments.models.reward_model import scores_of

        return partial(scores_of, device=device_for(own_gpus()))(spec)

    return load


def _text(completion: Any) -> str:
    return completion if isinstance(completion, str) else str(completion[-1]["content"])
