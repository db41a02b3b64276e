"""A map's decoder, whatever its format."""

from collectors.mqtt.binary_map import compile_binary
from collectors.mqtt.json_fast import compile_fast
from collectors.mqtt.json_map import compile_json
from collectors.mqtt.map_spec import BinaryMap, CsvMap, JsonMap, NumberMap, PayloadMap, Value
from collectors.mqtt.reading import Decoder, Fast
from collectors.mqtt.text_map import compile_csv, compile_number


def compile_map(spec: PayloadMap) -> Decoder:
    match spec:
        case JsonMap():
            return compile_json(spec)
        case CsvMap():
            return compile_csv(spec)
        case NumberMap():
            return compile_number(spec)
        case BinaryMap():
            return compile_binary(spec)


def fast_map(spec: PayloadMap) -> Fast | None:
    """A shorter way for the usual payload, where there is one."""
    return compile_fast(spec) if isinstance(spec, JsonMap) else None


def values_of(spec: PayloadMap) -> tuple[Value, ...]:
    return (spec.value,) if isinstance(spec, NumberMap) else spec.values
