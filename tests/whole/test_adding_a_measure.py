"""A new measure is one file and one line: CONTRIBUTING.md's example, put into a copy of the package, is everywhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

BLOCK = re.compile(r"^```python\n# (experiments/measures/\w+\.py)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORDS = {"before": "one two three", "after": "one"}
REPORT = """
import sys
from dataclasses import replace
from pathlib import Path
from experiments.analysis.assembly import build_report
from experiments.measures.lm_eval import read_tasks
from experiments.report.html import render_html
from tests.support.report import make_inputs

(task,) = read_tasks(Path(sys.argv[1]), alone=True).values()
score, inputs = task.score(list(task.items)), make_inputs(2)
records = {
    node: record.model_copy(
        update={"scores": {split: dict.fromkeys(block, score) for split, block in record.scores.items()}}
    )
    for node, record in inputs.records.items()
}
report = build_report(replace(inputs, records=records))
Path("report.json").write_text(report.model_dump_json())
Path("page.html").write_text(render_html(report))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with the example in it, and answers that lm-evaluation-harness logged."""
    place = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "experiments", place / "experiments", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("domains", "curricula", "scheduler", "tests"):
        (place / name).symlink_to(ROOT / name)
    (file, code), (table, line) = BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert not (place / file).exists()
    (place / file).write_text(code, "utf-8")
    module = Path(file).stem
    old = (place / table).read_text("utf-8")
    new = old.replace(" variety, vendi\n", f" variety, vendi, {module}\n").replace("\n}\n", f"\n{line}}}\n")
    assert len(new.splitlines()) == len(old.splitlines()) + 1
    (place / table).write_text(new, "utf-8")
    for model, said in WORDS.items():
        rows = [logged(number, said) for number in range(40)]
        (place / f"{model}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return place


def logged(number: int, said: str) -> dict[str, object]:
    """As lm-evaluation-harness logs a task that generates."""
    return {
        "doc_id": number,
        "doc": {},
        "target": "7",
        "arguments": {"gen_args_0": {"arg_0": f"{number}", "arg_1": {"until": ["\n"]}}},
        "resps": [[said]],
        "filtered_resps": [said],
        "filter": "none",
        "doc_hash": f"h{number}",
        "prompt_hash": "p",
        "target_hash": "t",
        "exact_match": float(number % 2),
    }


def run(place: Path, *command: str) -> str:
    environment = {"PYTHONPATH": str(place), "COLUMNS": "160"}
    done = subprocess.run(
        [sys.executable, *command], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_measure_of_one_file_and_one_line_is_in_stagewise_measure(place: Path) -> None:
    files = [f"{name}.jsonl" for name in WORDS]
    out = run(
        place, "-c", "from experiments.cli.main import main; main()", "measure", *files, "--store", "runs", "--json"
    )
    (found,) = json.loads(out)["domains"].values()
    assert [one["readings"]["words"]["interval"]["estimate"] for one in found["profiles"]] == [3, 1]
    assert found["difference"]["readings"]["words"]["interval"]["estimate"] == -2
    (page,) = (place / "runs").glob("measured/*/measure.html")
    assert "words an answer" in page.read_text("utf-8")


def test_it_is_in_report_json_and_on_the_page(place: Path) -> None:
    run(place, "-c", REPORT, "before.jsonl")
    report = json.loads((place / "report.json").read_text("utf-8"))
    cells = [cell for arm in report["cliffs"].values() for cell in arm["cells"]]
    assert cells
    assert {cell["readings"]["words"]["value"]["interval"]["estimate"] for cell in cells} == {3}
    assert "words an answer" in (place / "page.html").read_text("utf-8")
