"""A hub that does not answer: found out in seconds and in silence, and told with what can be done."""

from __future__ import annotations

from pathlib import Path

from huggingface_hub import constants
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled
from huggingface_hub.utils import http_backoff  # type: ignore[attr-defined]  # public, but not named in __all__

from domains.errors import ModelError
from domains.sources.paths import beside
from domains.sources.reaching import tries

SMOLLM = "HuggingFaceTB/SmolLM2-135M-Instruct"
SILENT = (LocalEntryNotFoundError, OfflineModeIsEnabled, ConnectionError)
PATIENCE = 10.0
"""Seconds that the hub has for its answer."""


def unreached() -> str | None:
    """Why the hub does not answer; None where it does. It is asked twice: libraries would ask on for a minute."""
    try:
        with tries(lambda number: None):
            http_backoff("HEAD", constants.ENDPOINT, max_retries=1, timeout=PATIENCE)
    except HfHubHTTPError:
        return None
    except Exception as error:  # the hub's client lets through its transport's errors
        return first_line(error)
    return None


def no_model(name: str, base: Path | None, error: Exception, silent: str | None) -> ModelError:
    """What to say where no model's config was found under `name`. `silent`: why the hub does not answer.

    `base`: where a folder of that name was looked for.
    """
    near = beside(base / name) if base else None
    if silent is None:
        rule = "must be a causal language model of the hub or a folder that holds one"
        parts = [near, first_line(error), _advice(name) if _is_silence(error) else None]
    else:
        none = f"there is no folder {(base / name).absolute()}" if base else "is not in the hub's cache"
        rule = f"{none}, and the hub cannot be reached ({silent})"
        parts = [near, _advice(name)]
    return ModelError(rule, key="model.id", value=name, hint=" ".join(part for part in parts if part))


def not_loaded(name: str, error: Exception, silent: str | None) -> ModelError:
    """What to say where a model's files cannot be read. `silent`: why the hub does not answer, where it was asked."""
    if silent is None:
        return ModelError("cannot be loaded", key="model.id", value=name, hint=first_line(error))
    rule = f"cannot be loaded: the hub cannot be reached ({silent}), and the cache does not hold all of it"
    return ModelError(rule, key="model.id", value=name, hint=_advice(name))


def _is_silence(error: BaseException | None) -> bool:
    """Whether an error comes from a hub that did not answer."""
    while error is not None and not isinstance(error, SILENT):
        error = error.__cause__ or error.__context__
    return error is not None


def _advice(name: str) -> str:
    made = (
        " `make smollm` makes a folder of this model without the hub; name it as `model.id`." if name == SMOLLM else ""
    )
    return (
        "Where the hub is not reached: HF_ENDPOINT names a mirror, HF_HUB_OFFLINE=1 takes what the cache holds, and "
        f"`model.id` may be a folder.{made}"
    )


def first_line(error: Exception) -> str:
    """What an error of a library's says first, at most 160 characters; its type where it says nothing."""
    return (str(error).splitlines() or [type(error).__name__])[0][:160]
