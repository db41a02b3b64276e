"""Payload maps: what a maker's payload means, as plain data (docs/reference/payload-maps.md)."""

from datetime import datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Value(_Strict):
    """One measured value. name: what is added to the topic's tag with a dot, nothing for the tag itself;
    unit: the payload's, converted into the tag's; then scale and add. sentinels: numbers that mean "no
    reading" (Bad sensor failure). enum: words or numbers to numbers. bit: of a whole number, 0 lowest.
    optional: may be absent; what is not optional and absent is refused."""

    name: str | None = Field(default=None, pattern=r"^[\w.-]+$")
    unit: str | None = None
    scale: float = 1.0
    add: float = 0.0
    sentinels: tuple[float, ...] = ()
    enum: dict[str, float] | None = None
    bit: int | None = Field(default=None, ge=0, le=63)
    optional: bool = False

    @property
    def called(self) -> str:
        """How a person finds it in the payload."""
        return self.name or "value"


class Time(_Strict):
    """form: `iso` (ISO 8601 with its offset), seconds to nanoseconds since `epoch` (1970 UTC when not
    given), or `local`, by `pattern` (strptime's) in `zone`. An ISO time without offset needs `zone`.
    step_s: given once for a list of values at equal steps, the time of the first; negative for the newest
    first."""

    form: Literal["iso", "s", "ms", "us", "ns", "local"] = "iso"
    zone: str | None = None
    pattern: str | None = None
    epoch: datetime | None = None
    step_s: float | None = None

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str | None) -> str | None:
        try:
            return ZoneInfo(zone).key if zone else None
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{zone!r} is no time zone: name one as `Asia/Shanghai`") from None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.form == "local" and not (self.zone and self.pattern):
            raise ValueError("form `local` needs pattern and zone")
        if self.epoch is not None and self.epoch.tzinfo is None:
            raise ValueError("epoch needs its offset, as 2000-01-01T00:00:00Z")
        return self


class JsonValue(Value):
    """path: keys and list indices joined by dots; from the payload's root when it begins with `/`, else
    from the reading; empty for the reading itself. quoted: the number is sent as text."""

    path: str
    quoted: bool = False

    @property
    def called(self) -> str:
        return repr(self.path)


class JsonTime(Time):
    path: str


class JsonMap(_Strict):
    """device: path of the identity, which must be the topic's when both are given. readings: path of the
    list of readings; without it the payload is one reading. Without time the receive time stands in."""

    format: Literal["json"]
    device: str | None = None
    readings: str | None = None
    time: JsonTime | None = None
    values: tuple[JsonValue, ...] = Field(min_length=1)


class CsvValue(Value):
    column: int = Field(ge=0)

    @property
    def called(self) -> str:
        return f"column {self.column}"


class CsvTime(Time):
    column: int = Field(ge=0)


class CsvMap(_Strict):
    """One reading a line, columns from 0. skip: lines before the first reading."""

    format: Literal["csv"]
    separator: str = Field(default=",", min_length=1, max_length=1)
    skip: int = Field(default=0, ge=0)
    device: int | None = Field(default=None, ge=0)
    time: CsvTime | None = None
    values: tuple[CsvValue, ...] = Field(min_length=1)


class NumberMap(_Strict):
    """The payload is one decimal number; the receive time stands in."""

    format: Literal["number"]
    value: Value = Value()


BinaryType = Literal[
    "u8", "i8", "u16", "i16", "u24", "i24", "u32", "i32", "u48", "i48", "u64", "i64", "f32", "f64", "bcd"
]
SIZES: dict[str, int] = {"f32": 4, "f64": 8} | {
    f"{sign}{bits}": bits // 8 for sign in "ui" for bits in (8, 16, 24, 32, 48, 64)
}


class Place(_Strict):
    """offset: bytes from the start of the record, or of the payload where `root` is set. size: of a BCD
    number, in bytes."""

    offset: int = Field(ge=0)
    type: BinaryType
    size: int | None = Field(default=None, ge=1, le=8)
    endian: Literal["big", "little"] | None = None
    root: bool = False

    @model_validator(mode="after")
    def _sized(self) -> Self:
        if (self.type == "bcd") != (self.size is not None):
            raise ValueError("size is for type bcd, and only for it")
        return self

    @property
    def width(self) -> int:
        return self.size or SIZES[self.type]


class BinaryValue(Value, Place):
    @property
    def called(self) -> str:
        return f"byte {self.offset}"


class BinaryTime(Time, Place):
    form: Literal["s", "ms", "us", "ns"] = "s"


class BinaryDevice(_Strict):
    """size bytes at offset, written as hexadecimal digits (BCD reads so too) or as ASCII."""

    offset: int = Field(ge=0)
    size: int = Field(ge=1, le=64)
    text: Literal["hex", "ascii"] = "hex"
    reverse: bool = False
    """Least significant byte first, as the identification number of M-Bus (EN 13757-3)."""


class Records(_Strict):
    """size bytes each, from start to the end of the payload."""

    start: int = Field(ge=0)
    size: int = Field(ge=1)


class BinaryMap(_Strict):
    """A struct: fixed places, once or repeated in records. magic: hexadecimal bytes the payload begins with;
    length: of the payload in bytes, when always the same."""

    format: Literal["binary"]
    endian: Literal["big", "little"] = "big"
    magic: str = Field(default="", pattern=r"^([0-9a-fA-F]{2})*$")
    length: int | None = Field(default=None, ge=1)
    device: BinaryDevice | None = None
    records: Records | None = None
    time: BinaryTime | None = None
    values: tuple[BinaryValue, ...] = Field(min_length=1)


PayloadMap = Annotated[JsonMap | CsvMap | NumberMap | BinaryMap, Field(discriminator="format")]

READINGS = JsonMap(
    format="json",
    device="meter",
    readings="readings",
    time=JsonTime(path="t"),
    values=(JsonValue(path="m3", unit="m3"),),
)
"""The map `readings`, there without being written: `{"meter": "M1", "readings": [{"t": …, "m3": …}]}`."""
