"""A process of its own for heavy computing, that ends with this one."""

import ctypes
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor

_PR_SET_PDEATHSIG = 1  # prctl(2)


def process_pool(workers: int = 1) -> ProcessPoolExecutor:
    """Workers start fresh (no fork of a running event loop) when first needed, at low priority, and are
    killed by the kernel when the parent ends, also by `kill -9`."""
    return ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_settle_in,
        initargs=(os.getpid(),),
    )


def _settle_in(parent: int) -> None:
    os.nice(5)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.getppid() != parent:
        raise SystemExit("the process that started this one has ended")
