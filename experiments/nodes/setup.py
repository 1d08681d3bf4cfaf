"""What all nodes of a run have in common and what their identity rests on."""

from __future__ import annotations

from curricula.schema import Curriculum, Evaluation, Model
from domains.example import Kind
from domains.frozen import Frozen, fingerprint
from domains.rewards import RewardSpec

FORMAT = 1
"""Raised whenever the store's layout or the meaning of a record changes."""


class SetupDomain(Frozen):
    """The part of a domain that decides scores. `data` names the prepared examples in the store."""

    kind: Kind
    data: str
    """Fingerprint of all three splits' examples."""
    rewards: tuple[RewardSpec, ...]
    metric: str
    max_tokens: int


class Setup(Frozen):
    """Model, data, rewards and evaluation: together with stages and seed, what decides every number."""

    model: Model
    domains: dict[str, SetupDomain]
    evaluation: Evaluation
    weights: str | None = None
    """Which weights a pretrained model has: the hub's commit, or a hash of the folder's files."""
    format: int = FORMAT

    @property
    def id(self) -> str:
        """Fingerprint; blind to where data, model, store or machines are."""
        places = {"model": {"id", "revision"}} if self.weights else {"weights": True}
        content = self.model_dump(mode="json", exclude=places)
        return fingerprint(content)


def make_setup(curriculum: Curriculum, versions: dict[str, str], weights: str | None = None) -> Setup:
    """The setup of a curriculum whose prepared data have these `versions` (domain → fingerprint)."""
    return Setup(
        model=curriculum.model,
        weights=weights,
        domains={
            name: SetupDomain(
                kind=spec.kind,
                data=versions[name],
                rewards=spec.rewards,
                metric=spec.metric or spec.rewards[0].type,
                max_tokens=spec.max_tokens,
            )
            for name, spec in curriculum.domains.items()
        },
        evaluation=curriculum.evaluation,
    )
