"""What changes of a curriculum cost on a store that holds its finished run: stages trained again, nodes measured again.

    python -m benchmarks.retrained curricula/quickstart.yaml --store runs

Each change is carried out by `stagewise run` on the store. A domain and metrics are added to a copy of the curriculum
that starts from a pretrained folder, since a warm-up mixes all domains; that copy has few steps, one metric and one
seed, and is run to its end first.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from curricula.loader import load_curriculum
from experiments.models.checkpoints import build_model, save_checkpoint

SHORT = {"steps": 4, "prompts": 4, "rollouts": 4}
OFF = {
    **dict.fromkeys(("joint", "joint_tuned", "joint_probes", "joint_weighted", "interpolate"), False),
    **dict.fromkeys(("joint_budgets", "merges", "orders"), ()),
    "random_orders": 0,
}
Written = dict[str, Any]


def stagewise(*words: object) -> str:
    """Standard output of a command. RuntimeError where it fails."""
    command = [str(Path(sys.executable).with_name("stagewise")), *(str(word) for word in words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def count(store: Path, pattern: str) -> int:
    """Files of nodes of that name."""
    return sum(1 for _ in store.glob(f"nodes/*/{pattern}"))


def carried_out(written: Written, folder: Path, store: Path) -> dict[str, Any]:
    """What `validate` says of a curriculum, and what `run` then did."""
    file = folder / f"{written['name']}.yaml"
    # Through JSON, so that what stands twice is written twice, without anchors.
    file.write_text(yaml.safe_dump(json.loads(json.dumps(written)), sort_keys=False), "utf-8")
    said = json.loads(stagewise("validate", file, "--store", store, "--json"))
    before, measured, start = count(store, "record.json"), count(store, "measured-*.json"), time.perf_counter()
    stagewise("run", file, "--store", store)
    return {
        "validate": {key: said[key] for key in ("to_train", "to_measure", "to_train_again")},
        "stages_trained": count(store, "record.json") - before,
        "nodes_measured": count(store, "measured-*.json") - measured,
        "seconds": round(time.perf_counter() - start, 1),
    }


def changed(written: Written, key: str, value: object) -> Written:
    """The same with another value under `evaluation`."""
    return {**written, "evaluation": {**written.get("evaluation", {}), key: value}}


def with_domain(written: Written) -> Written:
    """A domain more, over a source that no other one has: what one domain holds out leaves the others' training."""
    more = {
        "kind": "structured",
        "source": {"type": "reasoning_gym", "task": "spell_backward", "config": {"min_word_len": 7, "max_word_len": 9}},
        "prompt": "spell {word} = ",
        "answer": "{answer}",
        "rewards": [{"type": "exact"}],
        "max_tokens": 10,
    }
    # No stage of its own: what it costs is that every node is asked about it.
    schedule = {**written["schedule"], "leave_out": ["long-backward"]}
    return {**written, "domains": {**written["domains"], "long-backward": more}, "schedule": schedule}


def pretrained(file: Path, written: Written, folder: Path) -> Written:
    """A short copy that starts from a saved model, so that no warm-up mixes the domains."""
    model = load_curriculum(file).model
    save_checkpoint(*build_model(model), folder / "model")
    return {
        **written,
        "name": f"{written['name']}-pretrained",
        "model": {"type": "pretrained", "id": str(folder / "model")},
        "training": {**written.get("training", {}), **SHORT},
        "schedule": {**written.get("schedule", {}), "order": "given", "given": list(written["domains"])},
        "baselines": OFF,
        "evaluation": {**written.get("evaluation", {}), "metrics": ["nll"]},
        "seeds": [0],
    }


def main() -> None:
    """Carry all changes out and print a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--store", type=Path, default=Path("runs"))
    given = parser.parse_args()
    written: Written = yaml.safe_load(given.file.read_text("utf-8"))
    metrics = written.get("evaluation", {}).get("metrics", ["nll", "entropy", "reference_entropy", "kl"])
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as name:
        folder = Path(name)
        copy = pretrained(given.file, written, folder)
        changes = {
            "more test items": changed(written, "test", 300),
            "a metric less": changed(written, "metrics", metrics[:-1]),
            "another batch": changed(written, "batch", 16),
            "the pretrained copy, from nothing": copy,
            "metrics more": changed(copy, "metrics", metrics),
            "a domain more": with_domain(copy),
        }
        for title, change in changes.items():
            print(json.dumps({title: carried_out(change, folder, given.store)}), flush=True)


if __name__ == "__main__":
    main()
