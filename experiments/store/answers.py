"""Answers of endpoints, kept in the store: asked once, whichever worker asks and however often a stage starts anew.

<store>/answers/<first two digits>/<fingerprint of the question>.json
"""

from __future__ import annotations

from dataclasses import dataclass

from domains.endpoints import Answer
from experiments.store.files import Files


@dataclass(frozen=True)
class StoredAnswers:
    """See `domains.endpoints.AnswerCache`. Of several workers that ask the same at once, the first answer stays."""

    files: Files

    def find(self, key: str) -> Answer | None:
        """The answer; None also where the file is garbled: it is asked again."""
        try:
            text = self.files.read(_name(key))
            return None if text is None else Answer.model_validate_json(text)
        except ValueError:
            self.files.remove(_name(key))
            return None

    def keep(self, key: str, answer: Answer) -> Answer:
        """Written before anything rests on it."""
        if self.files.create(_name(key), answer.model_dump_json()):
            return answer
        return self.find(key) or answer


def _name(key: str) -> str:
    return f"answers/{key[:2]}/{key}.json"
