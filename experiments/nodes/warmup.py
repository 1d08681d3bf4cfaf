"""The stage that a model's warm-up amounts to."""

from __future__ import annotations

from collections.abc import Collection

from curricula.schema import Model, ScratchModel, Warmup
from curricula.stage import Stage, Training

RISE = 20
"""The learning rate rises over one step in so many; without that, seeds end far apart."""


def warmup_stage(warmup: Warmup | None, domains: Collection[str]) -> Stage | None:
    """SFT on an even mix of all domains, as the curriculum's model asks; None where it asks for none."""
    if warmup is None or warmup.steps == 0:
        return None
    training = Training(
        method="sft",
        steps=warmup.steps,
        prompts=warmup.batch,
        learning_rate=warmup.learning_rate,
        lr_schedule="cosine",
        warmup_steps=warmup.steps // RISE,
    )
    return Stage(mixture=dict.fromkeys(domains, 1.0), training=training)


def base_beneath_adapters(model: Model, domains: Collection[str]) -> bool:
    """Whether the base node is, to the bit, what every stage's network is with its adapters off: new adapters add
    exactly nothing (one of their two factors is zero), and no warm-up trained them.

    Not with DoRA, which divides by norms of whole weights that are computed anew: equal on one device only.
    """
    lora = None if isinstance(model, ScratchModel) else model.lora
    return lora is not None and not lora.dora and warmup_stage(model.warmup, domains) is None
