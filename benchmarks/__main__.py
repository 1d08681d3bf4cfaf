"""``make bench``: every benchmark in turn, each printing one line of JSON."""

from __future__ import annotations

from benchmarks import chain, executor, lolib, parallel, sharing, tiers
from benchmarks.arguments import arguments

if __name__ == "__main__":
    arguments(__doc__)
    for benchmark in (sharing, lolib, executor, parallel, chain, tiers):
        print(benchmark.__name__, flush=True)
        benchmark.main()
