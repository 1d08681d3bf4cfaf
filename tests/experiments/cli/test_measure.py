"""`stagewise measure` as a person types it: models that another tool left, in this process, to the exit code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from experiments.models import quiet
from experiments.models.subjects.local import LocalModel
from tests.support.chat_server import chat_server
from tests.support.commands import within
from tests.support.given import DAMAGED, SOUND, domains_file, taught, teach
from tests.support.said import refuse

pytestmark = pytest.mark.slow
Answer = tuple[int, str, str]
Command = Callable[..., Answer]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """domains.yaml; `before`, which answers right, and `after`, which does not any more on one domain."""
    folder = tmp_path_factory.mktemp("given")
    domains_file(folder)
    taught(folder / "before", SOUND)
    taught(folder / "after", DAMAGED, folder / "before")
    return folder


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch, place: Path, tmp_path: Path) -> Command:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.chdir(place)

    def command(*arguments: object, domains: str | None = "domains.yaml") -> Answer:
        file = ["--domains", domains] if domains else []
        done = within("measure", *arguments, *file, "--store", tmp_path / "runs", COLUMNS="160")
        out = done.stdout if "--json" in arguments else " ".join(done.stdout.split())
        return done.returncode, out, done.stderr

    return command


def one_line(answer: Answer) -> str:
    code, out, err = answer
    assert (code, out) == (2, ""), err
    (line,) = err.strip().splitlines()
    return line.removeprefix("error: ")


def page_of(tmp_path: Path) -> str:
    (file,) = tmp_path.glob("runs/measured/*/measure.html")
    return file.read_text("utf-8")


def test_formats_are_asked_where_the_file_says_so(measure: Command, tmp_path: Path) -> None:
    code, out, err = measure("before", "after", "--json", "--set", "evaluation.formats=20")
    assert code == 3, out + err
    found = json.loads(out)["domains"]["right"]
    spread = found["profiles"][0]["readings"]["format_spread"]
    assert (spread["status"], spread["items"]) == ("ok", 20)
    worst = found["difference"]["readings"]["format_worst"]
    assert worst["interval"]["estimate"] <= 0
    assert "worst format" in page_of(tmp_path)


def test_damage_is_found_and_told(measure: Command, tmp_path: Path) -> None:
    code, out, err = measure("before", "after")
    assert code == 3, out + err
    assert "1 of 2 domains surely dropped: right −" in out
    assert "left: real drop" not in out
    assert "how much another run of the same training would differ is not in it" in out
    page = page_of(tmp_path)
    assert "real drop" in page
    assert "right 1" in page, "an item that was lost"
    (file,) = tmp_path.glob("runs/measured/*/measure.json")
    assert json.loads(file.read_text("utf-8"))["domains"]["right"]["difference"]["score"]["verdict"] == "real_drop"


def test_the_other_way_round_is_a_gain(measure: Command) -> None:
    code, out, err = measure("after", "before", "--json")
    assert code == 0, err
    found = json.loads(out)["domains"]["right"]["difference"]
    assert found["score"]["verdict"] == "gain"
    assert found["flips"]["recovered"] == 40


def test_the_same_folder_twice_is_no_drop_and_asked_once(
    measure: Command, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(place / "before", tmp_path / "copy")
    assert measure("before")[0] == 0
    monkeypatch.setattr(LocalModel, "complete", refuse)
    code, out, err = measure("before", copy)
    assert code == 0, err
    assert "Both are the same model" in out


def test_a_second_call_computes_nothing(measure: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    first = measure("before", "after", "--json")
    monkeypatch.setattr("experiments.models.subjects.given.Local.subject", refuse)
    second = measure("before", "after", "--json")
    assert (first[0], second[0]) == (3, 3)
    known, again = json.loads(first[1]), json.loads(second[1])
    assert known["domains"] == again["domains"]
    assert [one["kept"] for one in again["models"]] == [True, True]


def test_what_was_interrupted_goes_on_where_it_was(
    measure: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from experiments.worker import examine

    real, asked = examine.examine, []

    def stopping(*given: object, **more: object) -> object:
        asked.append(given[2])
        if len(asked) == 2:
            raise KeyboardInterrupt
        return real(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(examine, "examine", stopping)
    code, _, err = measure("before")
    assert code == 130
    assert "stagewise measure before" in err
    assert measure("before")[0] == 0
    assert len(asked) == 3, "one before the stop, the one that was stopped, and that again"


def test_one_model_has_a_profile(measure: Command, tmp_path: Path) -> None:
    code, out, err = measure("before")
    assert code == 0, err
    assert "Score on test" in out
    assert "bits/byte" in out
    assert "Every measure on left" in page_of(tmp_path)


def test_an_adapter_is_measured_on_its_base(measure: Command, place: Path) -> None:
    folder = adapter(place, "adapter", DAMAGED)
    for with_tokenizer in (False, True):
        if with_tokenizer:
            AutoTokenizer.from_pretrained(place / "before").save_pretrained(folder)
        code, out, err = measure("before", folder)
        assert code == 3, out + err
        assert "right −" in out


def test_an_adapter_without_its_base_is_one_line(measure: Command, place: Path) -> None:
    folder = adapter(place, "orphan", SOUND, steps=1)
    config = folder / "adapter_config.json"
    said = json.loads(config.read_text("utf-8"))
    config.write_text(json.dumps(said | {"base_model_name_or_path": "./gone"}), "utf-8")
    assert "its base ./gone must be a folder that holds a model" in one_line(measure("before", folder))
    config.write_text(json.dumps(said | {"base_model_name_or_path": None}), "utf-8")
    assert "names no base model" in one_line(measure("before", folder))
    (folder / "adapter_model.safetensors").unlink()
    assert "must hold adapter_model.safetensors" in one_line(measure("before", folder))


def test_wrong_models_are_one_line_each(measure: Command, place: Path, tmp_path: Path) -> None:
    said = one_line(measure("./nowhere"))
    assert said.startswith(f"MODEL: must be a folder that holds a model, and there is no {place / 'nowhere'}, got './n")
    bare = shutil.copytree(place / "before", tmp_path / "bare", ignore=shutil.ignore_patterns("tokenizer*"))
    assert "must hold the model's tokenizer, and there is none" in one_line(measure("before", bare))
    assert "one model, or two" in one_line(measure("before", "after", "before"))
    assert "needs the name of its model" in one_line(measure("http://localhost:1/v1"))


def test_a_file_without_domains_is_one_line(measure: Command, place: Path) -> None:
    assert "domains" in one_line(measure("before", "--set", "domains={}"))
    assert "evaluaton" in one_line(measure("before", "--set", "evaluaton.test=3"))


def test_an_endpoint_is_asked_and_what_it_cannot_tell_is_skipped(measure: Command, tmp_path: Path) -> None:
    with chat_server(lambda body: SOUND[body["messages"][-1]["content"].split()[0]]) as (server, url):
        code, out, err = measure("before", f"{url}#far", "--json")
        assert code == 0, err
        asked = server.asked
        assert measure("before", f"{url}#far", "--json")[0] == 0
        assert server.asked == asked, "kept"
    found = json.loads(out)
    brier = found["domains"]["left"]["profiles"][1]["readings"]["brier"]
    assert brier["status"] == "skipped"
    assert "endpoint" in brier["reason"]
    assert found["domains"]["left"]["profiles"][1]["score"]["interval"]["estimate"] == 1.0
    assert "plain text" in " ".join(found["notes"])


def test_logged_samples_are_read_in_place_of_asking(measure: Command, tmp_path: Path) -> None:
    sides = {"base": 0.9, "tuned": 0.5}
    for name, ability in sides.items():
        rows = [
            {
                "doc_id": n,
                "target": "1",
                "filtered_resps": ["1"],
                "resps": [["1"]],
                "exact_match": float(n < 60 * ability),
            }
            for n in range(60)
        ]
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(text, "utf-8")
    base, tuned = (tmp_path / f"{name}.jsonl" for name in sides)
    code, out, err = measure(base, tuned, domains=None)
    assert code == 3, out + err
    assert "1 of 1 domain surely dropped: exact_match −0.400" in out
    assert measure(base, base, domains=None)[0] == 0
    assert "--domains FILE" in one_line(measure("before", domains=None))


def adapter(place: Path, name: str, says: dict[str, str], steps: int = 120) -> Path:
    """A LoRA adapter on `before`, as PEFT saves it."""
    network = AutoModelForCausalLM.from_pretrained(place / "before")
    config = LoraConfig(r=8, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    with quiet.upstream_warnings_ignored():
        wrapped = get_peft_model(network, config)
    teach(wrapped, AutoTokenizer.from_pretrained(place / "before"), says, steps)
    wrapped.save_pretrained(place / name)
    return place / name
