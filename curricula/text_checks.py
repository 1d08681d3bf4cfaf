"""Texts that are not what they look like: half of one became a comment, or a template's braces hold no field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curricula.problem import Problem, value_at
from curricula.schema import Curriculum
from curricula.schema_lookup import is_free_text
from curricula.yaml_core import Document
from curricula.yaml_hints import COMMENT_HINT
from domains.errors import DataError
from domains.templates import pieces

TEMPLATES = ("prompt", "answer", "system", "reference")
"""Keys of a domain that are templates."""
DOUBLED = "Braces that belong to the text are doubled, {{ and }}; in single ones stands a field's name."
SEVERAL_WORDS = re.compile(r"[\s{}]")
NO_REMARK = re.compile(r"##|.*(\{\w|\\)")
"""A remark begins with one #, and holds no field and no expression."""


def eaten_texts(document: Document) -> Iterator[Problem]:
    """Unquoted texts of a domain behind which a comment begins that looks like their other half.

    Behind a single word, as of ``type: exact  # a remark``, a comment is a comment. A template of
    which nothing is left would be its default in silence.
    """
    for keys, comment in document.comments.items():
        value = value_at(document.data, keys)
        if value is None and keys[:1] == ("domains",) and keys[2:] in {(key,) for key in TEMPLATES}:
            yield Problem(keys, "must be text, but nothing is written here", hint=COMMENT_HINT)
            continue
        if keys[:1] != ("domains",) or not isinstance(value, str) or not is_free_text(keys, document.data):
            continue
        if SEVERAL_WORDS.search(value) or NO_REMARK.match(comment):
            yield Problem(keys, f"is cut off by a comment ({comment[:30]})", value, COMMENT_HINT)


def template_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """Templates whose braces do not pair, or hold no field's name, as in JSON."""
    for name, spec in curriculum.domains.items():
        for key in TEMPLATES:
            text = getattr(spec, key)
            if not isinstance(text, str):
                continue
            try:
                fields = [field for _, field, _ in pieces(text) if field is not None]
            except DataError as error:
                yield Problem(("domains", name, key), error.rule, text, DOUBLED)
                continue
            if any(field[:1] in ("'", '"') for field in fields):
                yield Problem(("domains", name, key), "a template's braces must hold a field's name", text, DOUBLED)
