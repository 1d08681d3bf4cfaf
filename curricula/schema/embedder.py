"""Which model turns texts into vectors, for what is measured of their meaning."""

from __future__ import annotations

from pydantic import Field

from domains.frozen import Frozen, fingerprint


class Embedder(Frozen):
    """A model for sentence embeddings: a text's vector is the mean of the last layer over its tokens."""

    id: str = Field(min_length=1)
    """A folder, from the curriculum's, or the id of a model on the hub."""
    revision: str | None = None
    """Commit, tag or branch of the hub."""
    weights: str | None = None
    """Hash of the folder's files or the hub's commit, filled in by stagewise; where it is written, other weights are
    refused."""

    @property
    def identity(self) -> str:
        """Without the place of weights that are known; those of others are known by their place alone."""
        return fingerprint(self.model_dump(mode="json", exclude=set() if self.weights is None else {"id", "revision"}))
