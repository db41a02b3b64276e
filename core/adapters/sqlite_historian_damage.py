"""What lies in the historian's file and no version of it wrote is damage, not a caller's mistake."""

import struct
import zlib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Damaged(Exception):
    """A blob that cannot be decoded: the disk, or another hand, changed it."""


def of_file(decode: Callable[P, T]) -> Callable[P, T]:
    """Whatever `decode` makes of rubbish is Damaged."""

    @wraps(decode)
    def decoded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return decode(*args, **kwargs)
        except (zlib.error, struct.error, ValueError, IndexError, OverflowError) as error:
            raise Damaged(f"what it holds cannot be decoded: {error}") from error

    return decoded


def left_aside(path: Path) -> list[str]:
    """The damaged files beside a historian's, without their journals."""
    return sorted(one.name for one in path.parent.glob(f"{path.name}.damaged-*") if one.name[-1].isdigit())
