"""A small valid curriculum as text, for tests that break it one line at a time."""

from __future__ import annotations

from pathlib import Path

GOOD = """\
name: demo
model:
  type: scratch
domains:
  sums:
    kind: structured
    source: {type: reasoning_gym, task: chain_sum}
    rewards:
      - type: exact
  tales:
    kind: creative
    source:
      type: stories
    rewards:
      - type: creative
training:
  steps: 10
schedule:
  order: bwt
seeds: [0, 1]
"""


def changed(old: str, new: str) -> str:
    """GOOD with the first `old` replaced; `old` must be there."""
    assert old in GOOD, old
    return GOOD.replace(old, new, 1)


def write(folder: Path, text: str | bytes) -> Path:
    """`text` as the file c.yaml in `folder`."""
    file = folder / "c.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file
