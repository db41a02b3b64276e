"""Whether the host's clock is kept right by somebody: the kernel's own word, read and never written.

adjtimex(2) with `modes` 0 reads; it needs no privilege and no daemon's socket, and inside a container it
tells of the host.
"""

import ctypes
import sys
from enum import StrEnum

_TIME_ERROR = 5
_STA_UNSYNC = 0x0040


class _Timex(ctypes.Structure):
    """struct timex of the 64-bit Linux ABIs; what follows `status` is only room."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


class Sync(StrEnum):
    """unknown: the kernel does not say (no Linux, or a sandbox that forbids to ask)."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def host_sync() -> Sync:
    if not sys.platform.startswith("linux"):
        return Sync.UNKNOWN
    timex = _Timex()
    state: int = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    if state < 0:
        return Sync.UNKNOWN
    return Sync.NO if state == _TIME_ERROR or timex.status & _STA_UNSYNC else Sync.YES
