"""What a curriculum says of one domain."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domains.calculator import Form
from domains.decoding import Decoding
from domains.example import Kind
from domains.frozen import Frozen
from domains.options import OptionForm
from domains.rewards import RewardSpec
from domains.sources import SourceSpec

Text = Annotated[str, Field(min_length=1)]


class DomainSpec(Frozen):
    """A named source of examples with its templates, rewards and one primary metric in [0, 1]."""

    kind: Kind
    """`structured` has one right answer and lowers entropy; `creative` has many and raises it."""
    source: SourceSpec
    prompt: str | None = Field(None, min_length=1)
    """Template of the prompt over the source's fields, e.g. ``Q: {question}\\nA:``; default ``{prompt}``. For a model
    with a chat template it is the user's message."""
    messages: Text | Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    """In place of `prompt`: the column that holds the conversation, or several columns whose turns follow one another.
    """
    system: str | None = Field(None, min_length=1)
    """Template of the system message, for conversations that have none."""
    chat: Literal["auto", "on", "off"] = "auto"
    """Whether prompts go through the model's chat template: `auto`, where it has one; `off` for a base model's text."""
    answer: Text | Literal[False] | None = None
    """Template of the answer that SFT imitates, without the prompt; default: the conversation's last turn, or
    ``{answer}``. `false`: there are none, as of a file of prompts, for training by GRPO and rewards that need none."""
    reference: str | None = Field(None, min_length=1)
    """Template of what rewards see as the right answer; default: the answer."""
    stop: tuple[Text, ...] = ()
    """Texts at which a completion ends; it is cut before the first of them."""
    final: Text | None = Field(None, exclude_if=lambda final: final is None)
    """Text that introduces the final answer, e.g. ``The answer is ``, for `evaluation.inquiries` about reasoning. What
    stands before it counts as reasoning, and to force an answer it is written for the model. Default: none."""
    calculator: Form | None = Field(None, exclude_if=lambda form: form is None)
    """How answers call a calculator, for `evaluation.inquiries` that ask what one gains: `equals`, by any sum before
    ``=``; `marked`, by ``<<48/2=``, which the prompt should ask for or the model have learnt. Default: none."""
    options: Text | Annotated[tuple[Text, ...], Field(min_length=2)] | None = Field(
        None, exclude_if=lambda options: options is None
    )
    """Of multiple choice: the column that holds the options, or several columns with one each. What `answer` names by
    text, label, letter or place from 0 is the right one, which is then the answer. How likely a model finds each is
    measured. Default: none."""
    letters: bool = Field(False, exclude_if=lambda letters: not letters)
    """Whether an answer is the letter of an option (A, B, …) rather than its text; ``{lettered}`` in the prompt shows
    a line an option."""
    rewards: tuple[RewardSpec, ...] = Field(min_length=1)
    """What GRPO reinforces: a weighted mean, each reward in [0, 1]."""
    metric: str | None = None
    """The domain's score: the reward with this `name`, or with this `type` where only one has it. Default: the first
    reward."""
    weight: float = Field(1.0, ge=0, le=1e12)
    """Weight of the domain in the total score; 0 is for domains that are left out of training."""
    decoding: Decoding | None = None
    """How its answers are drawn in evaluation; default: `evaluation.decoding`."""
    max_tokens: int = Field(16, gt=0)
    """Longest completion in evaluation and, unless overridden, in training."""
    train: int | None = Field(None, gt=0)
    """How many training items to keep (procedural sources: to make; default 2000)."""
    validation: int | None = Field(None, ge=2, le=1_000_000)
    """Number of validation items; default: `evaluation.validation`."""
    test: int | None = Field(None, ge=2, le=1_000_000)
    """Number of test items; default: `evaluation.test`."""
    on_bad_row: Literal["error", "skip"] = "error"
    """What becomes of a row that cannot be read or rendered; skipped ones are counted and the first is named."""
    on_long: Literal["error", "drop", "truncate"] = "error"
    """What becomes of an item that, with its longest completion, exceeds the model's context."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that `messages` names."""
        return (self.messages,) if isinstance(self.messages, str) else self.messages or ()

    @property
    def option_form(self) -> OptionForm | None:
        """How options are read; None where there are none."""
        if self.options is None:
            return None
        columns = (self.options,) if isinstance(self.options, str) else self.options
        return OptionForm(columns=columns, answer=self.answer or "{answer}", letters=self.letters)
