"""How much likelier a model's reasoning makes the right answer to a reader.

After Wu et al. 2025 (arXiv 2506.02126), whose reader is another, untrained model: here the base model, which is the
same for all that are compared.
"""

from __future__ import annotations

from collections.abc import Sequence

from domains.example import Example
from domains.reasoning import reasoning_of
from experiments.measures.reasoning import READ
from experiments.models.subjects.local import LocalModel
from experiments.models.tokens.prompting import part_tokens
from experiments.nodes.outputs import Output


def information(reader: LocalModel, items: Sequence[Example], answers: Sequence[str], final: str) -> list[Output]:
    """Item by item −ln p of the reference after `final`, at once and after the answer's steps."""
    given = [reasoning_of(text, final) for text in answers]
    # Blanks at the end of `final` belong to the token that follows.
    blank = final[len(final.rstrip()) :]
    right = [part_tokens(reader.tokenizer, blank + item.reference) for item in items for _ in READ]
    asked = [item for item in items for _ in READ]
    begun = [one.concluded(steps, final) for one in given for steps in ("", one.text)]
    readings = reader.read(asked, right, begun)
    return [
        Output(item=item.id, arm=READ[at % len(READ)], nll=one.nll, count=one.tokens)
        for at, (item, one) in enumerate(zip(asked, readings, strict=True))
    ]
