"""Why a file operation failed, and whether trying again may help."""

from __future__ import annotations

import errno

from domains.errors import StoreError

REFUSALS = (
    FileNotFoundError,
    FileExistsError,
    PermissionError,
    NotADirectoryError,
    IsADirectoryError,
    # What a call or a text got wrong, not the place.
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    NotImplementedError,
    ImportError,
)
REFUSING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EINVAL, errno.ENAMETOOLONG, errno.ELOOP}


def may_pass(error: Exception) -> bool:
    """Whether the same operation may succeed a little later: no answer, a lost connection, too many requests.

    Not where the place refuses: no such file, no permission, no room. What is not known may pass: file systems raise
    whatever their clients do.
    """
    if isinstance(error, REFUSALS):
        return False
    return not (isinstance(error, OSError) and error.errno in REFUSING)


def reason(error: BaseException) -> str:
    """Why a file operation failed, in a few words."""
    if isinstance(error, StoreError) and error.__cause__ is not None:
        return reason(error.__cause__)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower() + (f" ({error.filename})" if error.filename else "")
    return f"{type(error).__name__}: {error}".rstrip(": ")
