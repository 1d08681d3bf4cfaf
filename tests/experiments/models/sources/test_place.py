"""A model's folder starts at the curriculum's folder, and is the same for every worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.dump import dump_yaml
from curricula.loader import load_curriculum
from curricula.schema import Model, PretrainedModel, ScratchModel
from domains.errors import CurriculumError, ModelError
from experiments.cli.session import prepare
from experiments.models.checkpoints import build_model, save_checkpoint
from experiments.models.sources.place import locate
from tests.support.commands import TINY, variant

pytestmark = pytest.mark.slow

SMALL = ScratchModel(type="scratch", hidden_size=16, layers=1, heads=2, context=96)


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The curriculum's folder; the working directory is another."""
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "there"


def pretrained(name: str) -> PretrainedModel:
    return PretrainedModel(type="pretrained", id=name)


def place(model: Model) -> str:
    """Where a model is."""
    assert isinstance(model, PretrainedModel)
    return model.id


@pytest.mark.parametrize("name", ["mine", "./mine", "../there/mine", "${FOLDER}/mine", "~/mine"])
def test_a_folder_becomes_absolute(base: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLDER", str(base))
    monkeypatch.setenv("HOME", str(base))
    (base / "mine").mkdir()
    found = Path(place(locate(pretrained(name), base)))
    assert found.is_absolute()
    assert found.resolve() == base / "mine"
    assert Path(place(locate(pretrained(name), Path("../there")))).resolve() == base / "mine"


def test_a_hub_id_stays(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIZE", "0.6B")
    assert place(locate(pretrained("Qwen/Qwen3-0.6B"), base)) == "Qwen/Qwen3-0.6B"
    assert place(locate(pretrained("Qwen/Qwen3-${SIZE}"), base)) == "Qwen/Qwen3-0.6B"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("./mine", "write ../here/mine."),
        ("mine", "write ../here/mine."),
        ("./nowhere", "/there/nowhere, got './nowhere'."),
        ("models/smollm", "/there/models/smollm, got 'models/smollm'. Did you mean 'smollm2'?"),
        ("models/other", "The folder holds smollm2. If the hub's model is meant, move the folder 'models' elsewhere."),
        ("./models/mine/last", "/there/models/mine'."),
        ("${STAGEWISE_UNSET}/mine", "environment variable STAGEWISE_UNSET must be set"),
        ("notes.txt", "must be a folder that holds a model"),
        ("./" + "x" * 300, "cannot be read: File name too long"),
    ],
)
def test_a_path_without_a_model_is_refused(base: Path, name: str, said: str) -> None:
    """Also where only the working directory has it: before, that one was trained."""
    (base / "notes.txt").touch()
    (base / "models" / "smollm2").mkdir(parents=True)
    (Path.cwd() / "mine").mkdir()
    (Path.cwd() / "mine" / "config.json").touch()
    with pytest.raises(ModelError) as caught:
        locate(pretrained(name), base)
    assert said in str(caught.value)
    assert str(caught.value).startswith("model.id: ")


def test_a_folder_without_a_model_is_no_reason_to_refuse_a_hub_id(base: Path) -> None:
    (Path.cwd() / "gpt2").mkdir()
    assert place(locate(pretrained("gpt2"), base)) == "gpt2"


def test_a_worker_without_the_folder_says_so(base: Path) -> None:
    with pytest.raises(ModelError, match="there is no such folder on this machine"):
        build_model(pretrained(str(base / "elsewhere")), None)


def test_a_run_is_the_same_from_any_place(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (base, tmp_path / "moved"):
        save_checkpoint(*build_model(SMALL, None), folder / "mine")
        scratch = TINY.read_text("utf-8").split("model: ")[1].split("\n")[0]
        variant(folder, (scratch, "{type: pretrained, id: mine}"))
    monkeypatch.chdir("/")
    first, second = prepare(base / "tiny.yaml", None), prepare(tmp_path / "moved" / "tiny.yaml", None)
    assert place(first.setup.model) == str(base / "mine")
    assert (first.run, first.setup.id) == (second.run, second.setup.id)
    written = tmp_path / "resolved.yaml"
    written.write_text(dump_yaml(first.curriculum), "utf-8")
    assert load_curriculum(written) == first.curriculum
    assert prepare(written, None).run == first.run


def test_the_refusal_names_the_line(base: Path) -> None:
    scratch = TINY.read_text("utf-8").split("model: ")[1].split("\n")[0]
    file = variant(base, (scratch, "{type: pretrained, id: ./nowhere}"))
    with pytest.raises(ModelError, match=r"tiny\.yaml:3: model\.id: must be a folder"):
        prepare(file, None)
    with pytest.raises(CurriculumError):
        prepare(base / "none.yaml", None)
