"""A Modbus connection that reads the stations of tests/servers (pymodbus's and libmodbus's)."""

from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec
from tests.collectors.field import tags


def points(unit: int, n: int = 60) -> list[dict]:
    return [{"tag": f"u{unit}.f{i}", "address": 2 * i, "type": "f32"} for i in range(n)]


def source(port, clock, units, *, limits=None, **fields) -> ModbusSource:
    spec = ModbusSpec.model_validate(
        {"type": "modbus", "id": "st", "host": "127.0.0.1", "port": port, "period_s": 0.1, "timeout_s": 0.3}
        | {"units": [{"unit": unit, "points": some} for unit, some in units.items()]}
        | fields
    )
    named = [p.tag for u in spec.units for p in u.points]
    return ModbusSource(spec, tags(named, **(limits or {})), clock, first_probe_s=0.5)
