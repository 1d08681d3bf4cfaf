"""A model that a person names on the command line: a folder, a hub id, a LoRA adapter's folder, or an endpoint."""

from __future__ import annotations

from experiments.models import quiet  # isort: skip

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, TypeAlias

from peft import PeftModel
from pydantic import ValidationError
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from curricula.schema import PretrainedModel
from domains.endpoints import Chat, EndpointSpec, InMemory, Tally
from domains.errors import ModelError
from domains.frozen import fingerprint
from domains.packages import install, is_missing, lacking
from experiments.models.checkpoints import (
    LanguageModel,
    build_model,
    check_model,
    lengths_of,
    load_checkpoint,
    with_ends,
)
from experiments.models.sources.contents import ADAPTER, ADAPTER_WEIGHTS, TOKENIZERS, folder_hash
from experiments.models.sources.hub import first_line
from experiments.models.sources.place import locate
from experiments.models.subjects.endpoint import EndpointModel
from experiments.models.subjects.local import LocalModel
from experiments.models.tokens.lengths import Lengths, tokenizer_lengths
from experiments.nodes.examined import Access

KEY = "MODEL"
KEY_VARIABLE = "OPENAI_API_KEY"
"""Sent to an endpoint where it is set, as OpenAI's own client does."""
PATIENCE = 60.0
"""Seconds that an endpoint which does not answer is asked again: somebody waits for it."""


@dataclass(frozen=True)
class Local:
    """Weights on this machine or the hub, whole or as an adapter on a base model."""

    name: str
    """As it was typed."""
    model: PretrainedModel
    """The whole model, or what the adapter belongs to."""
    weights: str | None
    """Which weights `model` has: the hub's commit, or a hash of the folder's files."""
    adapter: Path | None = None
    access: ClassVar[Access] = "full"

    @property
    def identity(self) -> str:
        """Equal for equal weights and tokenizers, wherever they are."""
        place = None if self.weights else [self.model.id, self.model.revision]
        return fingerprint(["local", self.weights, place, self.adapter and folder_hash(self.adapter)])

    def lengths(self) -> Lengths | None:
        """How its tokenizer counts. Raises ModelError."""
        with _named(self.name):
            found = lengths_of(self.model, self.weights)
            if self.adapter is None or not _has_tokenizer(self.adapter):
                return found
            try:
                tokenizer = with_ends(AutoTokenizer.from_pretrained(self.adapter, trust_remote_code=False))
            except (OSError, ValueError) as error:
                raise ModelError("the adapter's tokenizer cannot be loaded", hint=first_line(error)) from error
            return tokenizer_lengths(tokenizer, found.context)

    def subject(self, batch: int, gpus: float) -> LocalModel:
        """Loaded, on its device, ready to be examined. Raises ModelError."""
        with _named(self.name):
            network, tokenizer = self._load()
        return LocalModel.placed(network, tokenizer, batch, gpus)

    def _load(self) -> tuple[LanguageModel, PreTrainedTokenizerBase]:
        if self.adapter is None:
            return build_model(self.model, self.weights)
        try:
            if _has_tokenizer(self.adapter):
                return load_checkpoint(self.model, self.adapter, self.weights, trainable=False)
            network, tokenizer = build_model(self.model, self.weights)
            with quiet.upstream_warnings_ignored():
                return PeftModel.from_pretrained(network, self.adapter, torch_device="cpu"), tokenizer
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"the adapter cannot be put on its base {self.model.id}", hint=first_line(error)
            ) from error


@dataclass(frozen=True)
class Remote:
    """A model behind an endpoint: it can be asked, and nothing else."""

    name: str
    spec: EndpointSpec
    access: ClassVar[Access] = "prompt"

    @property
    def identity(self) -> str:
        """Address and name: what answers there may change without notice."""
        # 2: it is told to leave the model's own sampling settings aside, and plain items go through no template.
        return fingerprint(["endpoint", 2, self.spec.url, self.spec.model])

    def lengths(self) -> None:
        """Not known."""

    def subject(self, batch: int, gpus: float) -> EndpointModel:
        """Ready to be asked; batch and GPUs are the endpoint's affair. Raises DataError where a key is missing."""
        return EndpointModel(Chat(self.spec, InMemory(), Tally()))


Given: TypeAlias = Local | Remote


def given(name: str, base: Path) -> Given:
    """The model that `name` names; relative folders start at `base`. Raises ModelError, with `MODEL` as its key.

    Nothing is loaded but configs.
    """
    if name.startswith(("http://", "https://")):
        return _remote(name)
    with _named(name):
        folder = base / Path(name).expanduser()
        if (folder / ADAPTER).is_file():
            return replace(_adapted(folder.absolute()), name=name)
        model = locate(PretrainedModel(type="pretrained", id=name), base)
        return Local(name, model, check_model(model, base))


def _remote(name: str) -> Remote:
    url, _, model = name.partition("#")
    if not model:
        hint = "Write it behind a #: http://localhost:8000/v1#NAME."
        raise ModelError("an endpoint needs the name of its model", key=KEY, value=name, hint=hint)
    if is_missing("openai"):
        raise ModelError(lacking("openai"), key=KEY, value=name, hint=install("openai"))
    key = KEY_VARIABLE if os.environ.get(KEY_VARIABLE, "").strip() else None
    try:
        return Remote(name, EndpointSpec(url=url, model=model, key_env=key, patience=PATIENCE))
    except ValidationError as error:
        raise ModelError(str(error.errors()[0]["msg"]), key=KEY, value=name) from None


def _adapted(folder: Path) -> Local:
    """A folder of an adapter, as PEFT and TRL save it, with the base model that it names."""
    if not (folder / ADAPTER_WEIGHTS).is_file():
        raise ModelError(f"a LoRA adapter must hold {ADAPTER_WEIGHTS}", hint="Is the copy complete?")
    try:
        base = json.loads((folder / ADAPTER).read_text("utf-8"))["base_model_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError):
        base = None
    if not isinstance(base, str) or not base:
        hint = "Write its base's folder or hub id there as base_model_name_or_path, or merge the two."
        raise ModelError(f"a LoRA adapter, and its {ADAPTER} names no base model", hint=hint)
    try:
        # Training wrote the path as it was typed there: beside the adapter, or where this command runs.
        start = folder if (folder / base).is_dir() else Path.cwd()
        model = locate(PretrainedModel(type="pretrained", id=base), start)
        return Local("", model, check_model(model, start), folder)
    except ModelError as error:
        rule = f"a LoRA adapter, and its base {base} {error.rule}"
        hint = f"{ADAPTER} names it as base_model_name_or_path; write there where it is now."
        raise ModelError(rule, hint=hint) from error


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Errors inside carry the name that was typed, not a key of a YAML."""
    try:
        yield
    except ModelError as error:
        raise ModelError(error.rule, key=KEY, value=name, hint=error.hint) from error


def _has_tokenizer(folder: Path) -> bool:
    return any((folder / name).is_file() for name in TOKENIZERS)
