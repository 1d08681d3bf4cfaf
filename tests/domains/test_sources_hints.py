"""What a tired person does to data files, and whether the one line that follows says how to mend it."""

from __future__ import annotations

import gzip
import json
import logging
import zipfile
from pathlib import Path

import pytest
from datasets import Dataset

from domains.errors import DataError
from domains.preparation.prepare import prepare_domain
from domains.preparation.splits import Sizes
from domains.sources import hub
from domains.spec import DomainSpec

ROWS = [{"question": f"What is {i} + 1?", "answer": str(i + 1)} for i in range(60)]


def lines(rows: list[dict[str, object]]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def table(mark: str) -> str:
    return "\n".join([f"question{mark}answer", *(f"{row['question']}{mark}{row['answer']}" for row in ROWS)])


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "a.jsonl").write_text(lines(ROWS))
    (tmp_path / "ok.csv").write_text(table(","))
    return tmp_path


def prepared(base: Path, source: dict[str, object], **given: object) -> object:
    spec = {"kind": "structured", "prompt": "{question}", "rewards": [{"type": "exact"}], "source": source, **given}
    return prepare_domain("d", DomainSpec.model_validate_json(json.dumps(spec)), Sizes(10, 10, None), 0, base)


def said(base: Path, source: dict[str, object], **given: object) -> str:
    with pytest.raises(DataError) as caught:
        prepared(base, {"type": "file", **source}, **given)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(f"{base}/", "")


def test_keys_that_no_file_would_listen_to(base: Path) -> None:
    assert said(base, {"path": "a.jsonl", "delimiter": ";"}) == (
        "domains.d.source.delimiter: is for CSV, and this is jsonl, got ';'. "
        "Leave it out, or write `format: csv`, if the files are that."
    )
    assert "source.chunk: is for plain text, and this is jsonl" in said(base, {"path": "a.jsonl", "chunk": 50})
    prepared(base, {"type": "file", "path": "ok.csv", "delimiter": ","})


@pytest.mark.parametrize(
    ("mark", "given", "hint"),
    [
        (";", {}, "separated by ',', got 'question;answer'. Write `delimiter: \";\"`."),
        ("\t", {}, 'Write `delimiter: "\\t"`.'),
        ("|", {}, 'Write `delimiter: "|"`.'),
        (",", {"delimiter": ";"}, 'Write `delimiter: ","`.'),
        (",", {"format": "tsv"}, 'Write `delimiter: ","`.'),
    ],
)
def test_a_table_that_is_separated_otherwise(base: Path, mark: str, given: dict[str, object], hint: str) -> None:
    (base / "t.csv").write_text(table(mark))
    message = said(base, {"path": "t.csv", **given})
    assert message.startswith("t.csv:1: domains.d.source.path: has one column where it is separated by ")
    assert message.endswith(hint)


def test_one_column_whose_name_holds_a_mark_is_one_column(base: Path) -> None:
    (base / "t.csv").write_text("\n".join(['"What is asked; in words"', *(f"number {i}" for i in range(60))]))
    prepared(
        base,
        {"type": "file", "path": "t.csv"},
        prompt="{What is asked; in words}?",
        answer="{What is asked; in words}",
    )


def test_a_bad_row_after_good_ones_may_be_skipped(base: Path) -> None:
    (base / "b.jsonl").write_text(lines([*ROWS[:3], {"question": "x"}, *ROWS[3:]]))
    message = said(base, {"path": "b.jsonl"})
    assert message.startswith("b.jsonl:4: domains.d.answer: the data have no such field, got 'answer'. ")
    assert message.endswith("or write `on_bad_row: skip`, which leaves out such rows and counts them.")
    # The first row says that it is the curriculum that is wrong.
    assert "on_bad_row" not in said(base, {"path": "a.jsonl"}, prompt="{Question}")
    assert said(base, {"path": "a.jsonl"}, prompt="{QUESTION}").endswith("Did you mean 'question'?")


def test_a_path_that_nearly_names_a_file(base: Path) -> None:
    assert said(base, {"path": "a.json"}).endswith("Did you mean 'a.jsonl'?")
    assert said(base, {"path": "openai/gsm8k"}).endswith("A data set of the hub is `type: hub`.")
    assert said(base, {"path": "bad/a.jsonl"}).endswith("There is no folder 'bad'. Did you mean 'a.jsonl'?")


def test_a_path_that_names_nothing_shows_what_is_there(base: Path) -> None:
    (base / "chats").mkdir()
    assert said(base, {"path": "chats/mine.jsonl"}).endswith("The folder is empty.")
    for name in ("b.csv", "a.csv", ".hidden"):
        (base / "chats" / name).touch()
    assert said(base, {"path": "chats/mine.jsonl"}).endswith("The folder holds a.csv, b.csv.")
    assert said(base, {"path": "chats/*.jsonl"}).endswith("The folder holds a.csv, b.csv.")
    assert said(base, {"path": "chat/mine.jsonl"}).endswith("There is no folder 'chat'. Did you mean 'chats'?")
    assert said(base, {"path": "chat/*.jsonl"}).endswith("Did you mean 'chats'?")
    assert said(base, {"path": "elsewhere/mine.jsonl"}).endswith("There is no folder 'elsewhere'.")


def test_packed_files_whose_names_do_not_say_so(base: Path) -> None:
    (base / "p.jsonl").write_bytes(gzip.compress((base / "a.jsonl").read_bytes()))
    assert said(base, {"path": "p.jsonl"}) == (
        "p.jsonl: domains.d.source.path: is packed by gzip, and its name does not say so. Rename it to p.jsonl.gz."
    )
    (base / "n.jsonl.gz").write_text(lines(ROWS))
    assert said(base, {"path": "n.jsonl.gz"}).endswith("If it is not packed, its name must not end in .gz.")
    with zipfile.ZipFile(base / "z.jsonl", "w") as archive:
        archive.write(base / "a.jsonl")
    assert said(base, {"path": "z.jsonl"}).endswith("is a zip archive. Unpack it, and name the files in it.")


@pytest.mark.parametrize(("coding", "line", "named"), [("latin-1", 41, "latin1"), ("utf-16", 1, "utf-16")])
@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_other_codings_are_named_with_their_first_line(
    base: Path, name: str, coding: str, line: int, named: str
) -> None:
    head = ["question,answer", *("a,b" for _ in range(39))] if name == "t.csv" else [lines(ROWS[:1])] * 40
    last = "groß,klein" if name == "t.csv" else '{"question": "groß", "answer": "1"}'
    (base / name).write_bytes("\n".join([*head, last]).encode(coding))
    message = said(base, {"path": name})
    assert message.startswith(f"{name}:{line}: domains.d.source.path: text must be UTF-8, got ")
    assert f"`iconv -f {named} -t utf-8 {name} > new-{name}`, if it is {named}." in message


def test_a_mark_at_the_beginning_is_no_column_s(base: Path) -> None:
    (base / "bom.csv").write_text(table(","), encoding="utf-8-sig")
    prepared(base, {"type": "file", "path": "bom.csv"})


def test_an_answer_that_is_all_empty_says_what_is_not(base: Path) -> None:
    for nothing in ("", None, " "):
        (base / "e.jsonl").write_text(lines([{**row, "answer": nothing} for row in ROWS]))
        message = said(base, {"path": "e.jsonl"})
        assert message.startswith("e.jsonl:1: domains.d.answer: ")
        assert "Fields that hold something here: question" in message


def test_json_over_many_lines_under_the_name_of_lines(base: Path) -> None:
    for text in (json.dumps(ROWS), json.dumps(ROWS, indent=1)):
        (base / "l.jsonl").write_text(text)
        assert said(base, {"path": "l.jsonl"}).endswith("One JSON text over the whole file is `format: json`.")
        prepared(base, {"type": "file", "path": "l.jsonl", "format": "json"})


def test_the_hub_is_not_asked_for_what_lies_here(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasets.load_dataset", lambda *args, **more: pytest.fail("the hub was asked"))
    assert said(base, {"type": "hub", "path": "a.jsonl"}).endswith(
        "must be a hub id or a folder, and this is a file, got 'a.jsonl'. Write `{type: file, path: a.jsonl}`."
    )
    Dataset.from_list(ROWS).save_to_disk(str(base / "saved"))
    assert "this is a saved data set without splits" in said(base, {"type": "hub", "path": "saved"})


def test_a_hub_that_does_not_answer(
    base: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unreached(*args: object, **more: object) -> None:
        logger = logging.getLogger("huggingface_hub.utils._http")
        for number in range(1, 6):
            logger.warning("'no route' thrown while requesting HEAD https://huggingface.co/x")
            logger.warning(f"Retrying in 1s [Retry {number}/5].")
        logger.warning("something else")
        raise ConnectionError("Couldn't reach 'x/y' on the Hub (LocalEntryNotFoundError)")

    monkeypatch.setattr("datasets.load_dataset", unreached)
    message = said(base, {"type": "hub", "path": "x/y"})
    assert message == (
        "domains.d.source.path: the hub cannot be reached in 6 tries (Couldn't reach 'x/y' on the Hub "
        "(LocalEntryNotFoundError)), got 'x/y'. Check the network. HF_ENDPOINT names a mirror, HF_HUB_OFFLINE=1 takes "
        "what the cache holds and asks nobody; files of your own are `type: file`."
    )
    assert [record.getMessage() for record in caplog.records] == ["something else"]
    assert hub.HubSource(type="hub", path="x/y").split == "train"


def test_the_words_that_are_counted_are_the_library_s() -> None:
    """Should they change, tries are no longer counted, and printed again."""
    from huggingface_hub.utils import _http

    from domains.sources.reaching import AGAIN, LOGGER, WHY

    text = Path(_http.__file__).read_text("utf-8")
    assert AGAIN in text
    assert WHY in text
    assert _http.logger.name == LOGGER


def test_a_template_that_nobody_wrote_is_shown_how_to_be_written(base: Path) -> None:
    """Who left out `prompt` was told that the data have no field of that name."""
    message = said(base, {"path": "a.jsonl"}, prompt=None)
    assert message.startswith("a.jsonl:1: domains.d.prompt: the data have no such field, got 'prompt'. ")
    assert message.endswith('Fields are: answer, question. Name the field that holds it, e.g. `prompt: "{question}"`.')
    (base / "p.jsonl").write_text(lines([{"title": f"t {i}", "poem": f"p {i}"} for i in range(60)]))
    message = said(base, {"path": "p.jsonl"}, prompt="{title}")
    assert 'e.g. `answer: "{poem}"`. Are there only prompts? Write `answer: false`' in message
    # Where nothing is left that could be it, nothing is made up.
    (base / "q.jsonl").write_text(lines([{"title": f"t {i}", "n": i} for i in range(60)]))
    assert "Name the field" not in said(base, {"path": "q.jsonl"}, prompt="{title}")
