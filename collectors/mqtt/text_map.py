"""Text payloads: lines of columns, and a number alone."""

from collections.abc import Callable

from collectors.mqtt.map_spec import CsvMap, NumberMap
from collectors.mqtt.reading import Decoder, Reading, Said
from collectors.mqtt.refusal import Refused
from collectors.mqtt.times import compile_time
from collectors.mqtt.values import compile_value, number_in


def compile_csv(spec: CsvMap) -> Decoder:
    values = [(i, v.column, v.optional, compile_value(v, quoted=True)) for i, v in enumerate(spec.values)]
    time = compile_time(spec.time) if spec.time else None

    def line(said: Said, cells: list[str]) -> None:
        device = _cell(cells, spec.device, "the meter's id") if spec.device is not None else None
        t_ns = _time(cells, spec.time.column, time) if time and spec.time else None
        for index, column, optional, read in values:
            cell = cells[column] if column < len(cells) else ""
            if not cell and optional:
                continue
            try:
                said.readings.append(
                    Reading(device, t_ns, index, read(_cell(cells, column, f"value {index}")))
                )
            except Refused as refusal:
                said.refused.append(refusal)

    def decode(payload: bytes) -> Said:
        said = Said()
        lines = [row for row in _text(payload).splitlines()[spec.skip :] if row.strip()]
        if not lines:
            raise Refused("empty", "no line of readings")
        for row in lines:
            try:
                line(said, [cell.strip().strip('"') for cell in row.split(spec.separator)])
            except Refused as refusal:
                said.refused.append(refusal)
        return said

    return decode


def compile_number(spec: NumberMap) -> Decoder:
    read = compile_value(spec.value, quoted=True)

    def decode(payload: bytes) -> Said:
        text = _text(payload).strip()
        if not text:
            raise Refused("empty", "an empty payload")
        raw = text if spec.value.enum is not None else number_in(text, "the payload")
        return Said([Reading(None, None, 0, read(raw))])

    return decode


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise Refused("bad_utf8", f"not UTF-8: {error.reason} at byte {error.start}") from None


def _time(cells: list[str], column: int, read: Callable[[object], int]) -> int:
    try:
        return read(_cell(cells, column, "the time"))
    except Refused as refusal:
        raise Refused(refusal.reason, f"column {column}: {refusal.detail}") from None


def _cell(cells: list[str], column: int, what: str) -> str:
    if column >= len(cells) or not cells[column]:
        raise Refused("missing", f"no column {column} for {what}")
    return cells[column]
