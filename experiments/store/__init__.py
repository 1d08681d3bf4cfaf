"""Where results are kept: a folder or a URL. One folder per node, its record written last."""

from experiments.store.progress import Progress
from experiments.store.store import Store

__all__ = ["Progress", "Store"]
