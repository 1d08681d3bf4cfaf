"""Where results are kept: a folder or a URL. One folder per node, its record written last."""

from experiments.store.progress import Progress
from experiments.store.store import Store
from experiments.store.view import View

__all__ = ["Progress", "Store", "View"]
