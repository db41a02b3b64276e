"""A plant for the bench of the whole path: Modbus devices of 30 float32 each, and rules for every tag."""

from pathlib import Path

VALUES = 30
REGISTERS = 2 * VALUES
DEVICES_A_ZONE = 10
GAUGES_A_ZONE = 8

_HUB = """\
utility: {{id: bench, name: {{zh: 测试, en: Bench}}, hotline: "0"}}
data: {data}
api: {{port: {port}}}
"""
_ALARMS = (
    ("low", "limit_low", "{quantity: [pressure]}", "setpoint: 15, escalate_at: 8, deadband: 0.5"),
    ("high", "limit_high", "{quantity: [pressure]}", "setpoint: 60, escalate_at: 70, deadband: 0.5"),
    (
        "flow",
        "limit_high",
        "{quantity: [flow]}",
        "setpoint: 200, escalate_at: 300, deadband: 0, on_delay_s: 60",
    ),
    ("rate", "rate", "{}", "setpoint: -300, deadband: 20, window_s: 600"),
    ("bad", "bad_quality", "{}", "on_delay_s: 30"),
    ("stale", "stale", "{}", "setpoint: 5"),
    ("flat", "flatline", "{zone_kind: [dma]}", "setpoint: 0.001, window_s: 1800"),
    ("line", "communication", "{}", "on_delay_s: 5"),
    ("burst", "burst", "{zone_kind: [dma]}", ""),
)
"""HH, H, L, LL, a rate, bad quality and silence for every tag; a station's line, stuck gauges, bursts."""
FEW = frozenset({"low", "flow", "bad", "line", "burst"})
"""Two for every tag, as a plant would set them, a station's line, bursts."""
_OTHERS = """\
  - {type: opcua, id: lab, url: "opc.tcp://127.0.0.1:9/", allow_insecure: true,
     nodes: [{tag: lab.ph, node: "nsu=urn:bench;s=ph"}]}
  - {type: mqtt, id: meters, host: 127.0.0.1, port: 9,
     topics: [{filter: "meters/+/readings", payload: readings, tag: "meter.{meter}"}]}
"""
"""A connection of each other protocol, to nobody: its driver is there, and tries."""
_CLASSES = {"bad": "instrument", "stale": "instrument", "flat": "instrument", "line": "communication"}
_DEFAULTS = """\
defaults:
  {owner_role: operator, area: own, latching: false, ack_required: true, shelve_max_min: 720,
   escalation_policy: standard, display_link: /desk, procedure_link: bench, test_interval_d: 365,
   rationalised_by: engineer, rationalised_on: 2026-11-02, approved_by: engineer, rev: 1,
   on_delay_s: 0, off_delay_s: 0}
"""
_ROW = """\
  - id: {id}
    kind: {kind}
    for: {selector}
    name: {{zh: 测试, en: bench}}
    class: {kind_of}
    consequence_level: local
    response_min: 10
    cause: {{zh: 测试台, en: the bench}}
    consequence: {{zh: 测试台, en: the bench}}
    action: {{zh: 测试台, en: the bench}}
    confirm_action: {{zh: 测试台, en: the bench}}
    rationale: {{zh: 测试台, en: the bench}}
    unit: own
"""


def tag_of(device: int, value: int) -> str:
    return f"st-{device:04d}.v{value:02d}"


def host(device: int) -> str:
    """The address of a device of the field (bench/path_field.c)."""
    return f"127.1.{device // 200}.{1 + device % 200}"


def write_plant(
    folder: Path,
    data: Path,
    field_port: int,
    devices: int,
    period_s: float,
    api_port: int,
    *,
    few_rules: bool = False,
    every_driver: bool = False,
) -> None:
    """A configuration folder as an engineer writes it. few_rules: only FEW of them. every_driver: OPC UA and
    MQTT too."""
    folder.mkdir(parents=True)
    rules = [row for row in _ALARMS if not few_rules or row[0] in FEW]
    zones = range(-(-devices // DEVICES_A_ZONE))
    texts = {
        "hub.yaml": _HUB.format(data=data, port=api_port),
        "collectors.yaml": _collectors(field_port, devices, period_s) + _OTHERS * every_driver,
        "alarms.yaml": _DEFAULTS + "alarms:\n" + "".join(_alarm(*row) for row in rules),
        "tags.csv": _tags(devices, period_s) + "lab.ph,ph,pH,酸度,pH,lab,,1,0,14,,,0\n" * every_driver,
        "zones.csv": "id,kind,name_zh,name_en,inflow,outflow\n"
        + "".join(f"dma-{z:03d},dma,区,Zone,{tag_of(z * DEVICES_A_ZONE, 0)},\n" for z in zones),
        "network.inp": _network(len(zones)),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _collectors(port: int, devices: int, period_s: float) -> str:
    lines = ["collectors:"]
    for device in range(devices):
        lines.append(
            f"  - {{type: modbus, id: st-{device:04d}, host: {host(device)}, port: {port}, "
            f"period_s: {period_s}, timeout_s: 1.0, units: [{{unit: 1, points: ["
        )
        lines += [
            f"      {{tag: {tag_of(device, k)}, table: holding, address: {2 * k}, type: f32}},"
            for k in range(VALUES)
        ]
        lines.append("    ]}]}")
    return "\n".join(lines) + "\n"


def _alarm(id: str, kind: str, selector: str, figures: str) -> str:
    row = _ROW.format(id=id, kind=kind, selector=selector, kind_of=_CLASSES.get(id, "process"))
    return row + "".join(f"    {figure}\n" for figure in figures.split(", ") if figure)


def _tags(devices: int, period_s: float) -> str:
    lines = ["id,quantity,unit,name_zh,name_en,station,zone,period_s,low,high,node,link,public"]
    for device in range(devices):
        zone, first = device // DEVICES_A_ZONE, device % DEVICES_A_ZONE == 0
        for k in range(VALUES):
            quantity, unit = ("flow", "m3/h") if k == 0 else ("pressure", "m")
            where = f"dma-{zone:03d}" if first and k <= GAUGES_A_ZONE else ""
            node = f"J{zone}" if where else ""
            names = f"测点 {device}-{k},Point {device}-{k}"
            id, station = tag_of(device, k), f"st-{device:04d}"
            lines.append(f"{id},{quantity},{unit},{names},{station},{where},{period_s},0,400,{node},,0")
    return "\n".join(lines) + "\n"


def _network(zones: int) -> str:
    junctions = "".join(f" J{z} 0 10\n" for z in range(zones))
    pipes = "".join(
        f" P{z} {'R1' if z == 0 else f'J{z - 1}'} J{z} 100 200 100 0 Open\n" for z in range(zones)
    )
    marks = "".join(f" NODE J{z} dma-{z:03d}\n" for z in range(zones))
    places = "".join(f" J{z} {100 * z} 0\n" for z in range(zones))
    return (
        f"[JUNCTIONS]\n{junctions}[RESERVOIRS]\n R1 50\n[PIPES]\n{pipes}"
        "[OPTIONS]\n Units CMH\n Headloss H-W\n"
        f"[TAGS]\n{marks}[COORDINATES]\n{places} R1 -100 0\n[END]\n"
    )
