"""A sandbox for code that a model wrote: bubblewrap's namespaces, a filter of system calls, and hard limits.

It holds what user space can do. It does not hold who finds a fault in the kernel's own code: namespaces share the
kernel with everything else on the machine.
"""

from domains.rewards.sandbox.limits import Limits
from domains.rewards.sandbox.sitting import Ran, require_sandbox, run_program, run_tests

__all__ = ["Limits", "Ran", "require_sandbox", "run_program", "run_tests"]
