"""A detector's columns as a snapshot keeps them: by their rows' keys, for rows come and go between lives."""

from collections.abc import Iterable, Sequence

import numpy as np


def put_back(columns: Iterable[np.ndarray], keys: Sequence[str], kept: Iterable[bytes], whose: bytes) -> None:
    """kept: as many columns as these, in the same order; whose: their keys, a line each. A row whose key is
    not among them stays as it is."""
    place = {key: at for at, key in enumerate(whose.decode().split("\n"))}
    mine = [row for row, key in enumerate(keys) if key in place]
    theirs = [place[keys[row]] for row in mine]
    for column, content in zip(columns, kept, strict=True):
        column[mine] = np.frombuffer(content, column.dtype)[theirs]
