"""One tag's place in a device, and how what lies there becomes its value."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass
from pydantic_core import ArgsKwargs

from collectors.modbus.modicon import zero_based
from collectors.modbus.registers import BITS, UNSIGNED, WORDS, Order, Table, Type, fits

CLOSED = ConfigDict(extra="forbid")


class Strict(BaseModel):
    model_config = CLOSED | ConfigDict(frozen=True)


@dataclass(frozen=True, slots=True, kw_only=True, config=CLOSED)
class StatusWord:
    """What the device itself says of a value, in a register of the same table that is read in the same
    reply. mask: the bits that are looked at. bad_bits, uncertain_bits: any of them set makes the value so.
    good, uncertain, bad: numbers (after the mask); where `good` is given any other is bad. Bad is
    Bad sensor failure, uncertain is Uncertain sensor not accurate."""

    address: int = Field(ge=0, le=0xFFFF)
    type: Literal[Type.U8, Type.U16, Type.U32] = Type.U16
    order: Order = Order.ABCD
    byte: Literal["hi", "lo"] = "lo"
    mask: int = Field(default=0xFFFFFFFF, ge=0, le=0xFFFFFFFF)
    bad_bits: int = Field(default=0, ge=0, le=0xFFFFFFFF)
    uncertain_bits: int = Field(default=0, ge=0, le=0xFFFFFFFF)
    good: tuple[int, ...] = ()
    uncertain: tuple[int, ...] = ()
    bad: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=CLOSED)
class Place:
    """Where a value lies and what it means. In slots: a plant has one for every tag, for the hub's life.

    address: 0-based, as it travels in the PDU, unless `notation: modicon` is said. byte: which half of the
    register an i8 or u8 is. bit: 0 is the least significant of a register. bits: first and last bit of a
    field of an unsigned type. length: registers of a string. states: names of the only numbers (or, of a
    string, the only texts and their numbers) that are documented; any other is Bad out of range.

    Then, in this order: sentinels, raw values by which the device says that it has no measurement, as
    printed in its manual (0x8000 for a signed register means -32768; of bcd, sm and m10k the number that
    the digits make), are Bad sensor failure; so are NaN, infinities, digits that are none and, with `ne43`,
    a current of 3.6 mA or less or 21 mA or more where raw_lo is 4 mA and raw_hi 20 mA (NAMUR NE 43). The
    value is raw x scale + offset, or on the straight line through (raw_lo, eng_lo) and (raw_hi, eng_hi).
    What lies beyond the tag's low or high is Bad out of range. What lies beyond `range` is Uncertain
    engineering units exceeded or, with `clamp`, the nearest end of the range, flagged CLAMPED. unit: what
    all this is in, where it is not the tag's own unit; it is converted.
    """

    table: Table = Table.HOLDING
    address: int = Field(ge=0, le=0xFFFF)
    type: Type = Type.U16
    order: Order = Order.ABCD
    byte: Literal["hi", "lo"] = "lo"
    bit: int | None = Field(default=None, ge=0, le=15)
    bits: tuple[int, int] | None = None
    length: int | None = Field(default=None, ge=1, le=125)
    states: dict[str, int] = Field(default_factory=dict)
    sentinels: tuple[float | int, ...] = ()
    scale: float = 1.0
    offset: float = 0.0
    raw_lo: float | None = None
    raw_hi: float | None = None
    eng_lo: float | None = None
    eng_hi: float | None = None
    ne43: bool = False
    range: tuple[float, float] | None = None
    clamp: bool = False
    unit: str | None = None
    status: StatusWord | None = None
    period_s: float | None = Field(default=None, ge=0.1, le=86_400)
    atomic_group: str | None = None
    """Points of one unit and table that name the same group are read in one reply, whatever lies between."""

    @property
    def width(self) -> int:
        """Addresses of the value itself: registers, or one bit."""
        return 1 if self.table in BITS else self.length or WORDS.get(self.type, 1)

    @property
    def start(self) -> int:
        """The first address that has to be read for it, its status word included."""
        return min(self.address, self.status.address) if self.status else self.address

    @property
    def end(self) -> int:
        """One beyond the last address that has to be read for it."""
        end = self.address + self.width
        return max(end, self.status.address + WORDS[self.status.type]) if self.status else end

    @property
    def line(self) -> tuple[float, float]:
        """Factor and offset from the raw number to `unit`."""
        if self.raw_lo is None or self.raw_hi is None or self.eng_lo is None or self.eng_hi is None:
            return self.scale, self.offset
        slope = (self.eng_hi - self.eng_lo) / (self.raw_hi - self.raw_lo)
        return slope, self.eng_lo - self.raw_lo * slope

    @property
    def name(self) -> str:
        return f"{self.table} {self.address}"

    @model_validator(mode="before")
    @classmethod
    def _zero_based(cls, given: Any) -> Any:
        if isinstance(given, ArgsKwargs):
            return ArgsKwargs(given.args, zero_based(given.kwargs or {}))
        return zero_based(given) if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for wrong, what in (*self._of_type(), *self._of_scaling()):
            if wrong:
                raise ValueError(f"{self.name}: {what}")
        return self

    def _of_type(self) -> tuple[tuple[bool, str], ...]:
        bits, bad_field = self.bits or (0, 0), False
        if self.bits:
            size = 8 if self.type is Type.U8 else 16 * self.width
            bad_field = self.type not in UNSIGNED or not 0 <= bits[0] <= bits[1] < size
        text = self.type is Type.STRING
        return (
            (
                self.table in BITS and (self.type is not Type.BOOL or self.bit is not None),
                f"a {self.table} is a bit; say `type: bool` and no `bit`",
            ),
            (
                self.table in BITS and self.status is not None,
                "a status word is a register, of the same table",
            ),
            (self.bit is not None and self.type is not Type.BOOL, "`bit` needs `type: bool`"),
            (bad_field, "`bits: [first, last]` are bits of a u8, u16, u32 or u64, the lowest first"),
            (text != (self.length is not None), "`length` in registers goes with `type: string`"),
            (
                text and not self.states,
                "a sample is a number: give the string's `states: {TEXT: number}`, or read it with "
                "`waterhub probe`",
            ),
            (self.order.dwords and self.width != 4, f"order {self.order} is of 64-bit values only"),
            (self.address + self.width > 0x10000, f"{self.type} at {self.address} ends beyond 65535"),
        )

    def _of_scaling(self) -> tuple[tuple[bool, str], ...]:
        two_point = (self.raw_lo, self.raw_hi, self.eng_lo, self.eng_hi)
        given = [x for x in two_point if x is not None]
        low, high = self.range or (0, 0)
        return (
            (len(given) in (1, 2, 3), "raw_lo, raw_hi, eng_lo and eng_hi go together"),
            (
                bool(given) and (self.scale, self.offset) != (1, 0),
                "two-point scaling takes no `scale` or `offset` besides",
            ),
            (len(given) == 4 and given[0] >= given[1], "raw_lo is not below raw_hi"),
            (self.ne43 and not given, "`ne43` needs raw_lo (at 4 mA) and raw_hi (at 20 mA)"),
            (low > high, "the `range` ends below its beginning"),
            (self.clamp and self.range is None, "`clamp` needs a `range`"),
            (not all(fits(self.type, x) for x in self.sentinels), f"a sentinel that no {self.type} can be"),
        )


@dataclass(frozen=True, slots=True, kw_only=True, config=CLOSED)
class Point(Place):
    """A place whose value is a tag's."""

    tag: str

    @property
    def name(self) -> str:
        return self.tag
