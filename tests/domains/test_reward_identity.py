"""A reward's identity follows from what decides its scores, and from nothing else."""

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from domains.frozen import fingerprint
from domains.rewards import KINDS, MIX_VERSION, RewardSpec, reward_identity, with_codes
from domains.rewards import identity as module
from domains.rewards.identity import Version
from domains.rewards.sandbox.walls import INSIDE
from tests.support import code_hash as hashing
from tests.support.code_hash import code_hash
from tests.support.specs import REWARDS

SPEC = TypeAdapter(RewardSpec)
PINNED = {
    "exact": (1, "05a9b5295332"),
    "numeric": (2, "7c44471bb95c"),
    "regex": (1, "90ea278d8d76"),
    "instructions": (1, "3d34c58b52fb"),
    "scorer": (2, "49ec5e471d17"),
    "creative": (2, "86e97bc2abc6"),
    "function": (2, "ba3912195278"),
    "code": (2, "bb54a3126380"),
    "judge": (2, "f892ea4ef197"),
    "reward_model": (2, "59b17f6ec4f0"),
    "mix": (1, "0ae447a83410"),
}
"""Version and hash of the code of each reward, and of what all go through."""
PINNED_INSIDE = (2, "054d6dd05a49")


PLUMBING = {"kind_of", "RewardSpec", "Example", "Frozen", "RewardBase", "Lent", "Chat", "pool_of"}
"""Not followed: the other rewards, data that all of the package shares, and how processes are kept."""


def hash_of(name):
    if name == "mix":
        return code_hash("domains.rewards", "build_mix", PLUMBING)
    module = KINDS[name].spec.__module__
    return code_hash(module, "build", PLUMBING)


@pytest.mark.parametrize("name", [*KINDS, "mix"])
def test_code_and_version_change_together(name):
    version = MIX_VERSION if name == "mix" else KINDS[name].version
    assert (version.number, hash_of(name)[:12]) == PINNED[name], (
        f"The code of {name!r} has changed. If any score or parsed answer may differ now, raise the number in its "
        f"VERSION: nodes that were trained with the old one are then trained again. Else leave it. In both cases "
        f"write ({version.number} or the new number, {hash_of(name)[:12]!r}) into PINNED."
    )


@pytest.mark.parametrize("name", KINDS)
def test_an_identity_is_plain_json_and_the_same_each_time(name):
    (spec,) = with_codes([SPEC.validate_python(next(each for each in REWARDS if each["type"] == name))], Path())
    one, other = reward_identity(spec), reward_identity(spec)
    assert one == other == json.loads(json.dumps(one))
    assert fingerprint(one) == fingerprint(other)


def test_every_option_counts():
    specs = [
        {"type": "exact"},
        {"type": "exact", "case": False},
        {"type": "exact", "weight": 2},
        {"type": "numeric"},
        {"type": "numeric", "tolerance": 0.1},
        {"type": "numeric", "limit": 5},
        {"type": "scorer", "limit": 5},
        {"type": "regex", "pattern": "a"},
        {"type": "regex", "pattern": "b"},
    ]
    assert len({fingerprint(reward_identity(SPEC.validate_python(spec))) for spec in specs}) == len(specs)


def test_a_name_does_not_count():
    specs = [SPEC.validate_python({"type": "numeric", **given}) for given in ({}, {"name": "right"})]
    assert reward_identity(specs[0]) == reward_identity(specs[1])


def test_another_version_of_code_or_library_is_another_identity(monkeypatch):
    spec = SPEC.validate_python({"type": "numeric"})
    before = reward_identity(spec)
    monkeypatch.setattr(module, "version", lambda name: "9.9")
    assert reward_identity(spec) != before
    assert reward_identity(SPEC.validate_python({"type": "exact"}))["code"]["reward"]["libraries"] == {}
    monkeypatch.undo()
    kind = KINDS["numeric"]
    newer = Version(kind.version.number + 1, kind.version.libraries)
    monkeypatch.setitem(KINDS, "numeric", replace(kind, version=newer))
    assert reward_identity(spec) != before


def test_the_python_that_runs_programs_is_part_of_their_reward_and_of_no_other(monkeypatch):
    (code,) = with_codes([SPEC.validate_python({"type": "code", "tests": "{tests}"})], Path())
    exact = SPEC.validate_python({"type": "exact"})
    before, plain = reward_identity(code), reward_identity(exact)
    assert before["code"]["reward"]["python"] == "{}.{}".format(*sys.version_info)
    monkeypatch.setattr(module.sys, "version_info", (3, 99, 1))
    assert reward_identity(code) != before
    assert reward_identity(exact) == plain
    assert {name for name, kind in KINDS.items() if kind.version.python} == {"code"}


def test_libraries_that_score_are_named():
    named = {name: kind.version.libraries for name, kind in KINDS.items() if kind.version.libraries}
    assert named == {
        "numeric": ("math-verify", "latex2sympy2_extended", "sympy"),
        "scorer": ("reasoning-gym",),
        "reward_model": ("transformers",),
    }


CODE = """
from domains.words import mark
LIMIT = 3

def build(spec):
    '''What it does.'''
    # why
    if spec > LIMIT:
        raise ValueError("too large")
    return mark(spec)

def other():
    return 1
"""
WORDS = "def mark(x):\n    return x + 1\n"


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("# why", "# because", True),
        ("What it does.", "What it really does.", True),
        ("too large", "must be at most 3", True),
        ("spec > LIMIT", "(spec > LIMIT)", True),
        ("return 1", "return 2", True),
        ("LIMIT = 3", "LIMIT = 4", False),
        ("spec > LIMIT", "spec >= LIMIT", False),
        ("x + 1", "x + 2", False),
    ],
)
def test_the_hash_sees_code_and_nothing_else(tmp_path, monkeypatch, old, new, same):
    monkeypatch.setattr(hashing, "ROOT", tmp_path)
    (tmp_path / "domains").mkdir()

    def written(change):
        hashing._top.cache_clear()
        (tmp_path / "domains" / "code.py").write_text(change(CODE))
        (tmp_path / "domains" / "words.py").write_text(change(WORDS))
        return code_hash("domains.code", "build")

    try:
        assert (written(lambda text: text) == written(lambda text: text.replace(old, new))) == same
    finally:
        hashing._top.cache_clear()


def test_what_runs_inside_the_sandbox_changes_with_the_version_too():
    """It is started as text, so that the hash of the code does not reach it."""
    names = sorted(file.name for file in INSIDE.glob("*.py"))
    whole = hashlib.sha256(b"".join((INSIDE / name).read_bytes() for name in names)).hexdigest()[:12]
    assert (KINDS["code"].version.number, whole) == PINNED_INSIDE, "As above, for any change at all in that folder."
