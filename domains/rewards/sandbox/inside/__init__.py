"""What runs inside the sandbox, with the standard library alone: no module of ours can be imported there.

Seen there as the package ``inside``, therefore the relative imports.
"""
