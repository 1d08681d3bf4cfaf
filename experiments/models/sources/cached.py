"""Whether a model of the hub is taken from this machine's cache, and nobody asked.

The libraries' loaders ask the hub about every file that a model may have, also about those that it lacks, and ask on
for minutes where no answer comes. So it is found out first.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from time import monotonic

from huggingface_hub import constants, get_cached_repo_tree, resolve_revision, try_to_load_from_cache
from huggingface_hub.errors import CachedRepoTreeNotFoundError, HFValidationError

from experiments.models.sources.contents import TOKENIZERS, WEIGHT_FILES, read_json
from experiments.models.sources.hub import unreached

COMMIT = re.compile(r"[0-9a-f]{40}")
TEMPLATES = "additional_chat_templates"
OPTIONAL = ("generation_config.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja")
"""What a model may lack, and what changes it where it is overlooked."""
AGAIN = 60.0
"""Seconds after which a hub that was silent is asked once more."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a model's files are taken from."""

    local: bool
    """The cache, and nothing else."""
    silent: str | None = None
    """Why the hub does not answer, where it was asked in vain."""


def reach(place: str, revision: str | None) -> Reach:
    """Of the model at `place`, a folder or a hub id: one look at the cache, and at most two questions to the hub.

    A commit that the cache surely holds whole is taken from there. Else the hub is asked whether it is there; where it
    is not, one line is logged and the cache is all there is.
    """
    if Path(place).is_dir():
        return Reach(local=False)
    if revision and COMMIT.fullmatch(revision) and holds(place, revision):
        return Reach(local=True)
    silent = _silence(int(monotonic() // AGAIN))
    if silent is not None and not constants.is_offline_mode():
        _tell(place, silent)
    return Reach(local=silent is not None, silent=silent)


def commit_of(repository: str, revision: str | None, *, local: bool) -> str | None:
    """The commit that a revision of the hub means now, or in the cache; None where neither knows it."""
    try:
        return str(resolve_revision(repository, revision=revision, local_files_only=local).resolved)
    except Exception:  # no such repository, gated, no network: loading will say which
        return None


def holds(repository: str, commit: str) -> bool:
    """Whether the cache surely holds all files of a commit that loaders read.

    Sure by the listing that a whole download leaves there, or where each file is there or known not to exist. A file
    that nobody asked for yet may exist: a chat template that is overlooked would be another model, in silence.
    """
    held = partial(try_to_load_from_cache, repository, revision=commit)
    try:
        names = [file.path for file in get_cached_repo_tree(repository, revision=commit)]
    except HFValidationError:
        return False
    except CachedRepoTreeNotFoundError:
        known = all(held(name) is not None for name in OPTIONAL)
        return known and _has(held, "config.json") and any(_has(held, name) for name in TOKENIZERS) and _weights(held)
    return all(_has(held, name) for name in names if _is_read(name))


def _is_read(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix in WEIGHT_FILES and path.parts[0] in (name, TEMPLATES)


def _has(held: Callable[[str], object], name: str) -> bool:
    return isinstance(held(name), str)


def _weights(held: Callable[[str], object]) -> bool:
    index = held("model.safetensors.index.json")
    if not isinstance(index, str):
        return _has(held, "model.safetensors")
    parts = set(read_json(Path(index)).get("weight_map", {}).values())
    return bool(parts) and all(_has(held, part) for part in parts)


@lru_cache(maxsize=1)
def _silence(minute: int) -> str | None:
    """`unreached`, once a minute."""
    return unreached()


@lru_cache(maxsize=64)
def _tell(place: str, silent: str) -> None:
    """Once for each model."""
    log.warning("the hub cannot be reached (%s): %s is looked for in the cache alone", silent, place)
