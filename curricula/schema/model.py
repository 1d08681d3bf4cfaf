"""The model: made from a config, or pretrained."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domains.at_key import at_key
from domains.frozen import Frozen


class Warmup(Frozen):
    """SFT on an even mix of all domains, so that a model from scratch has something to reinforce."""

    steps: int = Field(400, ge=0, le=1_000_000)
    """Optimizer steps; 0 leaves the model at its random initialisation."""
    batch: int = Field(64, gt=0, le=100_000)
    """Examples per step."""
    learning_rate: float = Field(1e-3, gt=0)
    """Peak learning rate: it rises over the first twentieth of the steps, then falls to zero by a cosine."""


class ScratchModel(Frozen):
    """A small Llama-architecture model built from this config, with a character tokenizer."""

    type: Literal["scratch"]
    hidden_size: int = Field(96, gt=0, le=65_536)
    """Width; must be divisible by twice `heads`."""
    layers: int = Field(3, gt=0, le=1000)
    heads: int = Field(4, gt=0)
    context: int = Field(256, gt=0, le=10_000_000)
    """Longest prompt plus completion, in characters."""
    warmup: Warmup = Warmup()
    seed: int = 0
    """Seed of the base model's random weights and of its warm-up; all of the run's `seeds` start from this one base."""

    @model_validator(mode="after")
    def _divisible(self) -> Self:
        if self.hidden_size % (2 * self.heads):
            raise at_key("hidden_size", f"must be divisible by 2 × heads ({2 * self.heads})")
        return self


class Lora(Frozen):
    """Train low-rank adapters instead of all weights (PEFT)."""

    rank: int = Field(8, gt=0, le=65_536)
    alpha: float = Field(16.0, gt=0)
    dropout: float = Field(0.0, ge=0, lt=1)
    targets: tuple[str, ...] | Literal["all-linear"] = "all-linear"
    """Module names that get adapters."""
    rslora: bool = Field(False, exclude_if=lambda on: not on)
    """Scale adapters by alpha / √rank instead of alpha / rank, so that a high rank learns as fast as a low one."""
    dora: bool = Field(False, exclude_if=lambda on: not on)
    """Train each weight column's length apart from its direction (DoRA): slower, better at low ranks."""
    modules_to_save: tuple[str, ...] = Field((), exclude_if=lambda names: not names)
    """Names of modules that are trained whole beside the adapters and saved with them, e.g. `[lm_head]`."""

    @property
    def mergeable(self) -> bool:
        """Whether several such adapters can be made one: PEFT cannot where something is no product of two factors."""
        return not (self.dora or self.modules_to_save)


class Adapter(Frozen):
    """A LoRA adapter that was trained elsewhere, as PEFT saves it."""

    id: str = Field(min_length=1)
    """A folder with adapter_config.json and adapter_model.safetensors, or a hub id. Relative paths are relative to the
    curriculum."""
    revision: str | None = None
    """Hub revision."""
    weights: str | None = None
    """Hash of the adapter's files, filled in by stagewise; where it is written, other files are refused."""


class PretrainedModel(Frozen):
    """Any Hugging Face causal language model, by hub id or local folder. Remote code is never run."""

    type: Literal["pretrained"]
    id: str = Field(min_length=1)
    """Hub id such as ``Qwen/Qwen3-0.6B``, or a folder with config.json and safetensors.

    Relative paths are relative to the curriculum; ``~`` and ``${VARS}`` are expanded.
    """
    revision: str | None = None
    """Hub revision; pin it for a run that can be repeated."""
    adapter: Adapter | None = Field(None, exclude_if=lambda adapter: adapter is None)
    """A LoRA adapter of this model to start from; it is added to the weights first. With `lora`, new adapters are then
    trained on top; without it, all weights."""
    lora: Lora | None = None
    """LoRA adapters to train; without this key all weights are trained."""
    dtype: Literal["float32", "bfloat16", "nf4"] = "float32"
    """Precision of the frozen weights under `lora`; `nf4` stores four bits a weight (QLoRA, by bitsandbytes) and
    multiplies in bfloat16. Without `lora` all weights are trained, and always in float32."""
    max_length: int | None = Field(None, gt=1, le=10_000_000, exclude_if=lambda length: length is None)
    """Most tokens that a prompt may have with its answer or longest completion, where memory allows less than the
    model's context; default: the context. Longer items are an error, dropped or cut, as `domains.NAME.on_long` says."""
    warmup: Warmup | None = None
    """SFT on a mix of all domains before the first stage; default: none."""
    seed: int = 0
    """Seed of what is random in the base model (new adapters, the warm-up); all of the run's `seeds` start from this
    one base."""


Model = Annotated[ScratchModel | PretrainedModel, Field(discriminator="type")]
