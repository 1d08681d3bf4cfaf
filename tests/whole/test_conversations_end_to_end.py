"""Chat models of two families on conversations in every form: by either method, whole and with LoRA, to the bit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from curricula.stage import Stage, Training
from domains.errors import UserError
from experiments.cli.session import prepare
from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.nodes.outputs import Output, read_rows
from experiments.nodes.tree import StageNode, base_node, child_node
from experiments.run.job import open_job
from experiments.store import Store
from experiments.worker.node import run_node
from tests.support.chat import save_chat_model
from tests.support.commands import begun, report_of, stable, within
from tests.support.conversations import DOMAINS, write_talk

pytestmark = pytest.mark.slow

REST = """\
training: {steps: 1, prompts: 2, rollouts: 2, learning_rate: 0.001}
evaluation: {validation: 4, test: 4, entropy_items: 2, batch: 8}
seeds: [0]
"""
LORA = "lora: {rank: 2, alpha: 4}"
FEW = """\
baselines:
  {orders: [], compositions: [sequential], random_orders: 0, joint_probes: false, joint_weighted: false,
  joint_budgets: []}
"""


def curriculum(folder: Path, style: str, tune: str, rest: str = REST, domains: str = DOMAINS) -> Path:
    write_talk(folder)
    save_chat_model(folder / "model", style, bos=style == "llama3", pad_is_eos=tune != "")
    file = folder / "chat.yaml"
    model = f"model: {{type: pretrained, id: ./model{', ' + tune if tune else ''}}}\n"
    file.write_text(f"name: chat\n{model}domains:\n{domains}{rest}")
    return file


def run(store: Store, job, nodes: list[StageNode]) -> None:
    for parent, node in zip([None, *nodes], nodes, strict=False):
        if not store.has(node, suite_of(job.setup).id):
            run_node(Work(node, parent, job.setup, store.url, job.curriculum.resources))


def weights(store: Store, node: StageNode) -> dict[str, torch.Tensor]:
    with store.checkpoint(node) as folder:
        files = list(folder.glob("*model.safetensors"))
        return load_file(files[0]) if files else {}


def equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(("style", "tune"), [("qwen2", ""), ("llama3", LORA)], ids=["qwen2-full", "llama3-lora"])
def test_every_form_trains_by_both_methods_and_is_the_same_when_it_goes_on(style, tune, tmp_path):
    """All domains in each stage: SFT, then GRPO. The second run starts from the first's base, and both are taken up
    after their first stage. The tests below have the other two pairs of a family and a way to tune."""
    file = curriculum(tmp_path, style, tune)
    ready = prepare(file, None)
    mixture = dict.fromkeys(ready.curriculum.domains, 0.2)
    stages = [
        Stage(mixture=mixture, training=Training(method="sft", steps=2, prompts=5, learning_rate=0.001)),
        Stage(mixture=mixture, training=Training(steps=2, prompts=5, rollouts=4, learning_rate=0.001, max_tokens=6)),
    ]
    ends = []
    for name in ("one", "other"):
        if ends:
            begun(tmp_path / "one", tmp_path / "other")
        store = Store.open(str(tmp_path / name))
        job = open_job(ready, store)
        nodes = [base_node(job.setup)]
        for stage in stages:
            nodes.append(child_node(job.setup, nodes[-1], stage, 0))
        run(store, job, nodes[:2])
        run(Store.open(store.url), job, nodes)
        records = [store.record(node, suite_of(job.setup).id) for node in nodes]
        ends.append(([weights(store, node) for node in nodes], [record.scores for record in records]))
        assert records[2].cost.rollouts == 40
    assert all(equal(*pair) for pair in zip(ends[0][0], ends[1][0], strict=True))
    assert ends[0][1] == ends[1][1]
    base, taught, reinforced = ends[0][0]
    assert not equal(taught, reinforced)
    assert not equal(base, taught)


def test_a_run_from_end_to_end_and_again(tmp_path):
    """`stagewise run` over a chat file and a text; a second run trains nothing and says the same."""
    two = DOMAINS[DOMAINS.index("  lines:") : DOMAINS.index("  sharegpt:")] + DOMAINS[DOMAINS.index("  text:") :]
    file = curriculum(tmp_path, "qwen2", LORA, rest=REST + FEW, domains=two)
    store = tmp_path / "runs"
    said = []
    for _ in range(2):
        done = within("run", file, "--store", store, "--executor", "inline")
        assert done.returncode == 0, done.stdout + done.stderr
        said.append(stable(report_of(store)))
    assert "0 stages to run" in done.stdout
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    messages: messages", "    messages: mesages", "messages: the data have no such field, got 'mesages'."),
        ('    chat: "off"', "    system: Hi.", None),
        ('    chat: "off"', "    chat: off\n    system: Hi.", "domains.text.system: is put through the chat template"),
        ("    system:", "    prompt: x\n    system:", "domains.parquet.prompt: stands beside `messages`"),
        ("    chat:", "    stop: ['']\n    chat:", "domains.text.stop[0]: must have at least 1 character"),
    ],
)
def test_what_is_wrong_is_said_before_anything_trains(old, new, said, tmp_path):
    assert old in DOMAINS
    file = curriculum(tmp_path, "qwen2", "", domains=DOMAINS.replace(old, new, 1))
    if said is None:
        prepare(file, None)
        return
    with pytest.raises(UserError) as caught:
        prepare(file, None)
    assert said in str(caught.value)


@pytest.mark.parametrize(("key", "value"), [("chat", "on"), ("system", "Hi."), ("messages", "chat")])
def test_what_needs_a_template_is_refused_without_one(key, value, tmp_path):
    rows = '{type: file, path: talk.jsonl}, answer: "{completion[0][content]}"'
    prompt = "" if key == "messages" else ', prompt: "{prompt[0][content]}"'
    value = "prompt" if key == "messages" else value
    odd = f"  odd: {{kind: structured, source: {rows}{prompt}, {key}: {value}, rewards: [{{type: exact}}]}}\n"
    even = odd.replace("odd", "even").replace(f"{prompt}, {key}: {value}", ', prompt: "{prompt[0][content]}"')
    file = curriculum(tmp_path, "qwen2", "", domains=odd + even)
    prepare(file, None)
    (tmp_path / "model" / "chat_template.jinja").unlink()
    with pytest.raises(UserError, match=rf"chat\.yaml:\d+: domains\.odd\.{key}: needs a model whose tokenizer has"):
        prepare(file, None)


def test_outputs_are_cut_at_the_stop_text_and_another_text_is_another_task(tmp_path):
    file = curriculum(tmp_path, "llama3", "")
    ready = prepare(file, None)
    store = Store.open(str(tmp_path / "runs"))
    job = open_job(ready, store)
    base = base_node(job.setup)
    run(store, job, [base])
    files = {key: name for one in store.measurements(base) for key, name in one.outputs.items()}
    (task,) = [t for t in suite_of(job.setup).tasks if (t.domain, t.kind, t.split) == ("parquet", "answers", "test")]
    assert task.stop == ("\n",)
    assert task.model_copy(update={"stop": ()}).key != task.key
    with store.outputs(base, files[task.key]) as place:
        rows = read_rows(place, Output)
    assert rows
    assert not any("\n" in (row.text or "") for row in rows)
