"""Keys stand in the environment and nowhere else: not in a curriculum, a store, a log or an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

KEY = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|fw|nvapi|pplx|hf|ghp|gho|glpat|r8|csk)[-_][A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{30,}"
    r"|\bAKIA[A-Z0-9]{16}\b|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.|\b[Bb]earer [A-Za-z0-9._-]{16,}"
)
"""How the keys of known providers begin, a JSON web token, and a header that carries a key."""
NAMES = frozenset({"key", "api_key", "apikey", "token", "api_token", "secret", "password", "authorization", "headers"})
"""How people call what holds a key."""
HINT = "Keys are read from the environment: name the variable in key_env, e.g. `key_env: OPENAI_API_KEY`."


HOLDER = re.compile(r"(?:^|[_.-])(?:api_?key|key|key_env|secret|passw(?:or)?d|authorization|token)$", re.IGNORECASE)
"""Names of keys behind which a secret is likely to be written, in any tool's spelling."""


def held_by(key: str) -> bool:
    """Whether a person may have written a secret at this key of a curriculum, by what its last part is called."""
    return HOLDER.search(key.rpartition(".")[2]) is not None


def key_like(text: str) -> bool:
    """Whether a text holds what looks like a secret key."""
    return KEY.search(text) is not None


def texts(value: object) -> Iterator[str]:
    """All texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def told(value: dict[str, object]) -> str | None:
    """What is wrong with a mapping that was written: it holds a key. Says where and never what."""
    for name, item in value.items():
        if name.lower() in NAMES:
            return f"a key must not be written into a curriculum, and {name} is one. {HINT}"
        if any(map(key_like, texts(item))):
            return f"{name} holds what looks like a secret key. {HINT}"
    url = value.get("url")
    if isinstance(url, str) and _carries(url):
        return f"url must hold no user, password, query or fragment. {HINT}"
    return None


def _carries(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        return False


def redacted(text: str, key: str | None) -> str:
    """`text` without the key, and without anything that looks like one."""
    return KEY.sub("…", text.replace(key, "…") if key else text)
