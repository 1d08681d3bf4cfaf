"""experiments/models/conversion/gguf.py, on a file written here: a tiny Llama in llama.cpp's names, plain and in 8
bits."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from curricula.schema import PretrainedModel
from experiments.models.checkpoints import build_model
from experiments.models.tokens.chat import end_of_turn
from tests.support.chat import SMOLLM2
from tests.support.commands import within

pytestmark = pytest.mark.slow
WIDTH, INNER, HEADS = 32, 64, 2
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def write(file: Path, kind: gguf.GGMLQuantizationType) -> dict[str, np.ndarray]:
    """The file, and its tensors as they were before they were quantised."""
    letters = [*CONTROL, *(chr(code) for code in range(33, 127)), "Ġ", "Ċ", "ab"]
    out = gguf.GGUFWriter(file, "llama")
    out.add_context_length(64)
    out.add_embedding_length(WIDTH)
    out.add_block_count(1)
    out.add_feed_forward_length(INNER)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_rope_freq_base(10000.0)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_vocab_size(len(letters))
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("smollm")
    out.add_token_list(letters)
    out.add_token_types([3 if token in CONTROL else 1 for token in letters])
    out.add_token_merges(["a b"])
    out.add_bos_token_id(1)
    out.add_eos_token_id(2)
    out.add_pad_token_id(2)
    out.add_unk_token_id(0)
    out.add_chat_template(SMOLLM2)
    chance = np.random.default_rng(0)
    shapes = {
        "token_embd.weight": (len(letters), WIDTH),
        "output_norm.weight": (WIDTH,),
        **{f"blk.0.{name}_norm.weight": (WIDTH,) for name in ("attn", "ffn")},
        **{f"blk.0.attn_{name}.weight": (WIDTH, WIDTH) for name in ("q", "k", "v", "output")},
        **{f"blk.0.ffn_{name}.weight": (INNER, WIDTH) for name in ("gate", "up")},
        "blk.0.ffn_down.weight": (WIDTH, INNER),
    }
    tensors = {name: chance.normal(0, 0.1, shape).astype(np.float32) for name, shape in shapes.items()}
    for name, tensor in tensors.items():
        quantised = kind if tensor.ndim > 1 else gguf.GGMLQuantizationType.F32
        out.add_tensor(name, gguf.quants.quantize(tensor, quantised), raw_dtype=quantised)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    return tensors


@pytest.mark.parametrize("kind", [gguf.GGMLQuantizationType.F32, gguf.GGMLQuantizationType.Q8_0])
def test_a_file_becomes_a_folder_that_loads_and_chats(kind, tmp_path):
    tensors = write(tmp_path / "tiny.gguf", kind)
    done = within("convert", tmp_path / "tiny.gguf", tmp_path / "model")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Wrote {tmp_path / 'model'}. In a curriculum: ")
    network, tokenizer = build_model(PretrainedModel(type="pretrained", id=str(tmp_path / "model")))
    assert not hasattr(network.config, "quantization_config")
    # What identity rests on says nothing of how the hub was reached.
    assert "local_files_only" not in (tmp_path / "model" / "tokenizer_config.json").read_text("utf-8")
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}
    mine = network.get_input_embeddings().weight.detach().numpy()
    assert np.abs(mine - tensors["token_embd.weight"]).max() < 0.01
    assert tokenizer.chat_template == SMOLLM2
    assert end_of_turn(tokenizer) == tokenizer.eos_token_id == 2
    original = AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file="tiny.gguf")
    words = AutoTokenizer.from_pretrained(tmp_path, gguf_file="tiny.gguf")
    ids = tokenizer("abc", return_tensors="pt")["input_ids"]
    assert words("abc")["input_ids"] == ids[0].tolist()
    with torch.inference_mode():
        assert torch.equal(network(ids).logits, original(ids).logits)


def test_what_is_no_gguf_file_is_said_in_one_line(tmp_path):
    done = within("convert", tmp_path / "none.gguf", tmp_path / "model")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "must be a GGUF file" in done.stderr
    (tmp_path / "text.gguf").write_text("hello")
    done = within("convert", tmp_path / "text.gguf", tmp_path / "model")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "the GGUF file cannot be read" in done.stderr


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    """Two models' files would mix in it."""
    (tmp_path / "tiny.gguf").write_text("never read")
    (tmp_path / "config.json").write_text("another model's")
    done = within("convert", tmp_path / "tiny.gguf", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "must be new or empty" in done.stderr


def test_without_its_package_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domains.packages.find_spec", lambda name: None)
    (tmp_path / "a.gguf").touch()
    ended = within("convert", tmp_path / "a.gguf", tmp_path / "out")
    assert ended.returncode == 2
    assert "needs the package gguf, which is not installed, got" in ended.stderr
    assert "Install it here: pip install 'stagewise[gguf]'." in ended.stderr
