"""How much room a run's weights take in the store, before it starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from curricula.schema import ScratchModel
from curricula.stage import Optim
from domains.frozen import Frozen
from experiments.nodes.tree import StageNode
from experiments.run.job import Prepared

FLOAT = 4
"""Bytes of a weight: trained ones are kept in float32, also beside a base in bfloat16."""
MOMENTS: Mapping[Optim, int] = {
    "adamw_torch_fused": 8,
    "adamw_torch": 8,
    "adafactor": 0,
    "adamw_8bit": 2,
    "paged_adamw_8bit": 2,
    "lion_8bit": 1,
    "paged_lion_8bit": 1,
}
"""Bytes that an optimizer keeps of a weight; what is as small as a row and a column of a matrix is left out."""


class Disk(Frozen):
    """Bytes of what is not in the store yet; what models say (outputs) is small beside it."""

    node: int
    """Weights of one stage: adapters alone where there are some."""
    weights: int
    """Of all stages."""
    moments: int
    """Of the optimizers that stages hand on (`optimizer: carry`)."""


def disk_of(prepared: Prepared, untrained: Iterable[StageNode]) -> Disk | None:
    """For these nodes; None where the model's shape cannot be told without its weights."""
    from experiments.models.checkpoints import trained_parameters

    model = prepared.curriculum.model
    try:
        parameters = trained_parameters(model, prepared.setup.weights)
    except Exception:  # models without weights fail in as many ways as there are models, and nothing rests on this
        return None
    node = parameters * FLOAT
    # Of a base model that nothing has trained only its place is kept.
    named = not isinstance(model, ScratchModel) and not model.lora and not (model.warmup and model.warmup.steps)
    kept = [each for each in untrained if each.parent is not None or not named]
    stages = [each.stage.training for each in kept if each.stage is not None]
    return Disk(
        node=node,
        weights=node * len(kept),
        moments=sum(parameters * MOMENTS[training.optim] for training in stages if training.optimizer == "carry"),
    )
