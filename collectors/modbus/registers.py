"""What a Modbus device keeps: four tables of bits and 16-bit registers, and how numbers lie in them."""

import math
from enum import StrEnum

MAX_REGISTERS = 125
MAX_BITS = 2000
"""Of one request (MODBUS Application Protocol V1.1b3, 6.1-6.4)."""

BITS_FOR_A_REGISTER = MAX_BITS // MAX_REGISTERS
"""A device that bears fewer registers in a request is asked for fewer bits in the same measure."""


class Table(StrEnum):
    COIL = "coil"
    DISCRETE = "discrete"
    HOLDING = "holding"
    INPUT = "input"


BITS = frozenset({Table.COIL, Table.DISCRETE})


class Type(StrEnum):
    """bcd: four binary bits a decimal digit. sm: the top bit is the sign, the rest the magnitude. m10k: each
    register holds four decimal digits, 0 to 9999 (in a signed value, -9999 to 9999)."""

    BOOL = "bool"
    I8 = "i8"
    U8 = "u8"
    I16 = "i16"
    U16 = "u16"
    I32 = "i32"
    U32 = "u32"
    I64 = "i64"
    U64 = "u64"
    F16 = "f16"
    F32 = "f32"
    F64 = "f64"
    BCD16 = "bcd16"
    BCD32 = "bcd32"
    SM16 = "sm16"
    SM32 = "sm32"
    M10K32 = "m10k32"
    M10K48 = "m10k48"
    M10K64 = "m10k64"
    STRING = "string"


WORDS = {
    Type.BOOL: 1,
    Type.I8: 1,
    Type.U8: 1,
    Type.I16: 1,
    Type.U16: 1,
    Type.I32: 2,
    Type.U32: 2,
    Type.I64: 4,
    Type.U64: 4,
    Type.F16: 1,
    Type.F32: 2,
    Type.F64: 4,
    Type.BCD16: 1,
    Type.BCD32: 2,
    Type.SM16: 1,
    Type.SM32: 2,
    Type.M10K32: 2,
    Type.M10K48: 3,
    Type.M10K64: 4,
}
"""Registers that a number of each type takes; a string says its length itself."""

UNSIGNED = frozenset({Type.U8, Type.U16, Type.U32, Type.U64})


LARGEST = {Type.F16: 65504.0, Type.F32: 3.4028235e38}
"""Of the short floats (IEEE 754)."""


def fits(kind: Type, raw: float) -> bool:
    """Whether a type can hold a raw number as manuals print it: 0x8000 and -32768 are one i16."""
    if kind in (Type.F16, Type.F32, Type.F64):
        return abs(raw) <= LARGEST.get(kind, math.inf)
    if kind is Type.STRING or raw != int(raw):
        return False
    if kind[0] in "iu":
        bits = int(kind[1:])
        return -(1 << (bits - 1)) <= raw < 1 << bits
    return True


class Order(StrEnum):
    """How the bytes of a value lie on the wire, A being the most significant.

    The four of four letters hold for every type: words reversed or not, bytes of a word swapped or not.
    For 64 bits the two halves may be exchanged besides; that takes eight letters.
    """

    ABCD = "ABCD"
    CDAB = "CDAB"
    BADC = "BADC"
    DCBA = "DCBA"
    ABCDEFGH = "ABCDEFGH"
    GHEFCDAB = "GHEFCDAB"
    BADCFEHG = "BADCFEHG"
    HGFEDCBA = "HGFEDCBA"
    CDABGHEF = "CDABGHEF"
    EFGHABCD = "EFGHABCD"
    DCBAHGFE = "DCBAHGFE"
    FEHGBADC = "FEHGBADC"

    @property
    def dwords(self) -> bool:
        """Whether it names all eight bytes of a 64-bit value."""
        return len(self) == 8


def byte_order(order: Order, words: int) -> list[int]:
    """The bytes of a value of `words` registers as they lie on the wire, most significant first."""
    if order.dwords:
        return [order.index(letter) for letter in "ABCDEFGH"]
    bytes_swapped = order in (Order.BADC, Order.DCBA)
    words_reversed = order in (Order.CDAB, Order.DCBA)
    at = range(words - 1, -1, -1) if words_reversed else range(words)
    return [2 * word + byte for word in at for byte in ((1, 0) if bytes_swapped else (0, 1))]
