"""Does every item fit into a model made from its config? Asked before anything is written."""

from __future__ import annotations

from collections.abc import Mapping

from curricula.schema import Curriculum, ScratchModel
from domains.errors import DataError
from domains.example import Example, Split


def check_context(curriculum: Curriculum, data: Mapping[str, Mapping[Split, tuple[Example, ...]]]) -> None:
    """Raise DataError, with the domain's key, for an item that with its longest completion exceeds the context.

    The character tokenizer has a token for each byte of UTF-8, so no model need be loaded for that. Pretrained models
    are asked by their own tokenizer, in the worker.
    """
    model = curriculum.model
    if not isinstance(model, ScratchModel):
        return
    for name, splits in data.items():
        for items in splits.values():
            for item in items:
                prompt, answer = (len(text.encode()) for text in (item.prompt, item.answer))
                whole = prompt + max(curriculum.domains[name].max_tokens, answer + 1)
                if whole > model.context:
                    raise DataError(
                        f"an item needs {whole} tokens and the model takes {model.context}",
                        key=f"domains.{name}",
                        value=item.prompt,
                        hint="Shorten it, lower max_tokens or raise model.context.",
                    )
