"""What all nodes of a run have in common, and what of it decides weights. What decides scores is in suite.py.

No identity holds a path, an address, a resource or the size of a batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import Field

from curricula.schema import Curriculum, Evaluation, Model, PretrainedModel
from curricula.stage import Stage
from domains.calculator import Form
from domains.decoding import Decoding
from domains.example import Kind, Split
from domains.frozen import Frozen, fingerprint
from domains.options import OptionForm
from domains.rewards import RewardSpec, called, primary, reward_identity

FORMAT = 4
"""Raised whenever the store's layout or the meaning of what is in it changes."""


class SetupDomain(Frozen):
    """The part of a domain that decides weights and scores."""

    kind: Kind
    data: dict[Split, str]
    """Split → fingerprint of its prepared examples, which names them in the store."""
    rewards: tuple[RewardSpec, ...]
    metric: str
    max_tokens: int
    stop: tuple[str, ...] = ()
    """Texts at which completions end."""
    final: str | None = Field(None, exclude_if=lambda final: final is None)
    """The text with which answers come to their end; None where they do not reason."""
    calculator: Form | None = Field(None, exclude_if=lambda form: form is None)
    """How answers call a calculator; None where there is none."""
    options: OptionForm | None = Field(None, exclude_if=lambda form: form is None)
    """Where the options of multiple choice stand; None where there are none."""
    decoding: Decoding
    """How answers are drawn in evaluation."""

    @property
    def primary(self) -> RewardSpec:
        """The reward that is the domain's metric."""
        return primary(self.rewards, self.metric)

    @property
    def reinforced(self) -> str:
        """Fingerprint of what GRPO reinforces: all rewards and the versions of their code."""
        return _identity(self.rewards)

    @property
    def marked(self) -> str:
        """Fingerprint of the metric's reward and the version of its code."""
        return _identity((self.primary,))

    def teaches(self, stage: Stage) -> dict[str, object]:
        """What a stage learns this domain from: SFT its examples, GRPO also its rewards and where completions end."""
        if stage.training.method == "sft":
            return {"data": self.data["train"]}
        longest = stage.training.max_tokens or self.max_tokens
        stop = {"stop": self.stop} if self.stop else {}
        return {"data": self.data["train"], "rewards": self.reinforced, "max_tokens": longest, **stop}

    @property
    def examined(self) -> dict[str, object]:
        """What its score on validation follows from."""
        asked = {"decoding": self.decoding, "max_tokens": self.max_tokens, "stop": self.stop}
        return {"data": self.data["validation"], "learnt": self.data["train"], "marked": self.marked, **asked}


class Setup(Frozen):
    """Model, data, rewards and evaluation."""

    model: Model
    domains: dict[str, SetupDomain]
    evaluation: Evaluation
    weights: str | None = None
    """Which weights a pretrained model has: the hub's commit, or a hash of the folder's files."""
    format: int = FORMAT

    @property
    def model_content(self) -> dict[str, object]:
        """The model, blind to the place that it is loaded from where its weights are known, and to what bounds data."""
        blind: dict[str, Any] = {"max_length": True} | ({"id": True, "revision": True} if self.weights else {})
        if isinstance(self.model, PretrainedModel) and self.model.adapter and self.model.adapter.weights:
            blind["adapter"] = {"id", "revision"}
        return {**self.model.model_dump(mode="json", exclude=blind), "weights": self.weights}

    @property
    def id(self) -> str:
        """Fingerprint of all of it, measurements included; blind to all places and to the batch's size."""
        rest = self.model_dump(
            mode="json",
            exclude={
                "model": True,
                "weights": True,
                "evaluation": {"batch", "decoding"},
                # In `versions`, without the places of files.
                "domains": {"__all__": {"rewards"}},
            },
        )
        if (who := self.evaluation.paraphraser) is not None:
            rest["evaluation"]["paraphraser"] = who.identity
        if (embedder := self.evaluation.embedder) is not None:
            rest["evaluation"]["embedder"] = embedder.identity
        rest["evaluation"]["metrics"] = sorted(self.evaluation.metrics)
        rewards = {name: [domain.reinforced, domain.marked] for name, domain in self.domains.items()}
        return fingerprint({**rest, "model": self.model_content, "versions": rewards})

    @property
    def base_id(self) -> str:
        """Of the weights before any stage: model and seed, and the data of a warm-up, which mixes all domains."""
        warm = self.model.warmup is not None and self.model.warmup.steps > 0
        data = {name: domain.data["train"] for name, domain in self.domains.items()} if warm else {}
        return fingerprint(["base", self.format, self.model_content, data])

    def stage_id(self, parent: str, stage: Stage, seed: int) -> str:
        """Of a stage's weights: the parent's, the stage, the seed, and what it learns its own domains from.

        A stage that is measured on its way also follows from the validation items of every domain, and how these are
        asked and marked. How often a domain was drawn before follows from the parent. Guards that are recommended must
        have been chosen.
        """
        assert not stage.training.guards.recommended, "no stage has an identity before its guards are chosen"
        learnt = {name: self.domains[name].teaches(stage) for name in stage.mixture if name in self.domains}
        chosen = {name: domain.examined for name, domain in self.domains.items()}
        by = [chosen] if stage.training.guards.sweet_spot else []
        return fingerprint([parent, stage.content, seed, learnt, *by])


@lru_cache(maxsize=1024)
def _identity(rewards: tuple[RewardSpec, ...]) -> str:
    """Trees ask for it at every node."""
    return fingerprint([reward_identity(spec) for spec in rewards])


def make_setup(
    curriculum: Curriculum, versions: Mapping[str, Mapping[Split, str]], weights: str | None = None
) -> Setup:
    """The setup of a curriculum whose prepared data have these `versions` (domain → split → fingerprint)."""
    return Setup(
        model=curriculum.model,
        weights=weights,
        domains={
            name: SetupDomain(
                kind=spec.kind,
                data=dict(versions[name]),
                rewards=spec.rewards,
                metric=spec.metric or called(spec.rewards[0]),
                max_tokens=spec.max_tokens,
                stop=spec.stop,
                final=spec.final,
                calculator=spec.calculator,
                options=spec.option_form,
                decoding=curriculum.decoding(name),
            )
            for name, spec in curriculum.domains.items()
        },
        evaluation=curriculum.evaluation,
    )
