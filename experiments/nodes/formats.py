"""A small frozen set of formats that a prompt is put in: what they ask is the same, signs around it are not.

After FormatSpread (Sclar et al. 2023, arXiv 2310.11324): separators, casing and what wraps an item. The set is frozen,
because the spread over a set grows with it; another set is another measure.
"""

from __future__ import annotations

from domains.example import Example
from domains.frozen import fingerprint

FORMATS: dict[str, str] = {
    "plain": "{prompt}",
    "question": "Question: {prompt}\nAnswer:",
    "capitals": "QUESTION: {prompt}\nANSWER:",
    "bars": "question: {prompt} || answer:",
    "dashes": "Question - {prompt}\nAnswer - ",
    "tabs": "Question:\t{prompt}\nAnswer:\t",
    "letters": "Q: {prompt}\n\nA:",
    "tags": "<question>{prompt}</question>\n<answer>",
}
"""Name → template; `plain` is as the domain has it."""
IDENTITY = fingerprint([list(pair) for pair in FORMATS.items()])[:16]
"""Of the set."""


def formatted(item: Example, name: str) -> Example:
    """The item in a format: its prompt, of a conversation the last thing that the user says."""
    asked = [at for at, turn in enumerate(item.turns) if turn["role"] == "user"]
    if not item.turns:
        return item.model_copy(update={"prompt": _put(name, item.prompt)})
    turns = list(item.turns)
    if asked:
        turns[asked[-1]] = {**turns[asked[-1]], "content": _put(name, str(turns[asked[-1]]["content"]))}
    return item.model_copy(update={"turns": tuple(turns)})


def _put(name: str, prompt: str) -> str:
    """`str.replace`, because prompts may hold braces."""
    return FORMATS[name].replace("{prompt}", prompt)
