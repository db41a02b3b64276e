"""What a process gives back of its memory.

Reading a plant's files takes many times what stays of them, and glibc keeps what was freed for next time,
in a heap for each thread.
"""

import asyncio
import ctypes
import gc

FIRST_S, EVERY_S = 5.0, 600.0
"""From the start until everything stands, and from then on."""
YOUNG = (20_000, 20, 20)
"""Objects after which the collector looks at the newest: a poll makes hundreds, all of them soon gone."""
_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3
_HEAPS, _LARGE = 2, 1 << 20


def few_heaps() -> None:
    """Before the first thread: threads share two heaps, and what is large is given back when it is freed."""
    mallopt = _libc("mallopt")
    if mallopt:
        mallopt(_M_ARENA_MAX, _HEAPS)
        mallopt(_M_MMAP_THRESHOLD, _LARGE)


def settle() -> None:
    """What there is now lives as long as the process: no collection need look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*YOUNG)
    gc.enable()


async def give_back() -> None:
    """Until cancelled; nothing to do where the C library is not glibc."""
    trim = _libc("malloc_trim")
    await asyncio.sleep(FIRST_S)
    while trim:
        await asyncio.to_thread(trim, 0)
        await asyncio.sleep(EVERY_S)
    await asyncio.Event().wait()


def _libc(name: str) -> "ctypes._NamedFuncPointer | None":
    return getattr(ctypes.CDLL(None), name, None)
