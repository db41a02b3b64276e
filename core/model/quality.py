"""Quality of a sample: the OPC UA StatusCode (IEC 62541-4, 7.39), as a uint32.

The two top bits are the class (00 Good, 01 Uncertain, 10 Bad); the next fourteen the reason. The hub
has one vocabulary for every protocol, so that a Modbus time-out and a Bad OPC UA node read alike.
"""

from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]


class QualityClass(StrEnum):
    GOOD = "good"
    UNCERTAIN = "uncertain"
    BAD = "bad"


class Status(IntEnum):
    """The reasons the hub itself gives. A server's other codes pass through unchanged."""

    GOOD = 0x00000000
    GOOD_OVERFLOW = 0x00000480
    UNCERTAIN = 0x40000000
    UNCERTAIN_NO_COMMUNICATION_LAST_USABLE = 0x408F0000
    UNCERTAIN_LAST_USABLE = 0x40900000
    UNCERTAIN_SENSOR_NOT_ACCURATE = 0x40930000
    UNCERTAIN_ENGINEERING_UNITS_EXCEEDED = 0x40940000
    UNCERTAIN_SUB_NORMAL = 0x40950000
    UNCERTAIN_SENSOR_CALIBRATION = 0x420A0000
    BAD = 0x80000000
    BAD_TIMEOUT = 0x800A0000
    BAD_NO_COMMUNICATION = 0x80310000
    BAD_WAITING_FOR_INITIAL_DATA = 0x80320000
    BAD_NODE_ID_UNKNOWN = 0x80340000
    BAD_OUT_OF_RANGE = 0x803C0000
    BAD_CONFIGURATION_ERROR = 0x80890000
    BAD_NOT_CONNECTED = 0x808A0000
    BAD_DEVICE_FAILURE = 0x808B0000
    BAD_SENSOR_FAILURE = 0x808C0000
    BAD_OUT_OF_SERVICE = 0x808D0000
    BAD_DATA_LOST = 0x809D0000


COMMUNICATION = frozenset(
    {
        Status.BAD_TIMEOUT,
        Status.BAD_NO_COMMUNICATION,
        Status.BAD_NOT_CONNECTED,
        Status.UNCERTAIN_NO_COMMUNICATION_LAST_USABLE,
    }
)
"""Codes that mean "nobody answered": the line is at fault, never the instrument, never the water."""

_CLASSES = (QualityClass.GOOD, QualityClass.UNCERTAIN, QualityClass.BAD, QualityClass.BAD)


def quality_class(code: int) -> QualityClass:
    return _CLASSES[(code >> 30) & 3]


def is_good(codes: Codes) -> npt.NDArray[np.bool_]:
    return np.less(codes, np.uint32(0x40000000))


def is_bad(codes: Codes) -> npt.NDArray[np.bool_]:
    return np.greater_equal(codes, np.uint32(0x80000000))


def reason(code: int) -> str:
    """The code's own name in lower case (`bad_timeout`), or its hexadecimal form when it is not ours."""
    base = code & 0xFFFF0000
    try:
        return Status(base).name.lower()
    except ValueError:
        return f"0x{code:08X}"
