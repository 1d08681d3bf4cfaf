"""One process at a time works on a study: a lock that names it and beats, as an attribute of the study.

A lock whose process is gone is taken over: on the same machine at once, on another one after two minutes without a
beat. Should two processes lock it at the very same moment, the last one keeps the study and the other stops at its next
`check`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

import optuna

from domains.errors import StoreError
from experiments.store.owner import Owner
from experiments.store.pulse import pulse

ATTRIBUTE = "claim"
"""Name of the study's attribute, which is older than the word."""
BEAT_SECONDS = 20.0
SILENT_SECONDS = 120.0

Check = Callable[[], None]
"""Raises StoreError once the study has been taken over."""


@contextmanager
def locked(study: optuna.Study) -> Iterator[Check]:
    """Hold a study. Raises StoreError where another process is at work on it."""
    refuse_if_held(study.user_attrs, study.study_name)
    token, owner = uuid4().hex, Owner.this()

    def beat() -> None:
        study.set_user_attr(ATTRIBUTE, {**vars(owner), "token": token, "beat": time.time()})

    def check() -> None:
        found = study.user_attrs.get(ATTRIBUTE) or {}
        if found.get("token") != token:
            raise StoreError(f"another process has taken over this study ({_words(found)})", value=study.study_name)

    def again() -> None:
        # A storage that does not answer shows where the search itself uses it.
        with suppress(Exception):
            check()
            beat()

    beat()
    try:
        with pulse(again, BEAT_SECONDS):
            yield check
    finally:
        # What is left is taken over as a dead process's, so a storage that has gone must not hide why we stop.
        with suppress(Exception):
            check()
            study.set_user_attr(ATTRIBUTE, None)


def refuse_if_held(attributes: dict[str, Any], name: str) -> None:
    """Raise StoreError if the study's attributes name a live process other than this one."""
    found = attributes.get(ATTRIBUTE)
    if not found:
        return
    owner = Owner(found["place"], found["pid"], found["started"])
    alive = owner.alive if owner.here else time.time() - found["beat"] < SILENT_SECONDS
    if alive:
        raise StoreError(
            f"another process is at work on this study ({_words(found)})",
            value=name,
            hint="Wait for it or stop it; one that was killed on another machine is taken over after two minutes.",
        )


def _words(found: dict[str, Any]) -> str:
    return f"process {found.get('pid', '?')} on {str(found.get('place', '?')).partition(' ')[0]}"
