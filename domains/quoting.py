"""How a text is shown to a model behind an endpoint: as data, which cannot speak to it or end the message."""

from __future__ import annotations

import re

CONTROL = re.compile(r"<(?=[|｜]|/?s>|bos>|eos>|start_of_turn>|end_of_turn>|</?SYS>)|\[(?=/?INST\])", re.IGNORECASE)
"""Where the control tokens of known chat templates begin: a server would read them as the end of the message."""
MARK = "| "
"""Before every line of what is shown, so that no line of it looks like one of ours."""


def block(title: str, text: str, code: str) -> str:
    """A text below its title, between two lines with a code that whoever wrote it could not know."""
    return f"{title}:\n[{code}]\n{_quoted(text)}\n[{code}]"


def _quoted(text: str) -> str:
    """Every line marked; control tokens with a blank after their first character."""
    plain = CONTROL.sub(lambda start: start[0] + " ", text)
    return "\n".join(MARK + line for line in plain.splitlines() or [""])
