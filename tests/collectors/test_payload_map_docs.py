"""Every map and collector that the documentation shows is one."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from collectors.meters.spec import MeterSpec
from collectors.mqtt.map_spec import READINGS, PayloadMap
from collectors.mqtt.payloads import compile_map
from collectors.mqtt.spec import MqttSpec

DOCS = Path(__file__).parents[2] / "docs"
BLOCKS = [
    (page, n, yaml.safe_load(block))
    for page in ("reference/payload-maps.md", "how-to/mqtt-meters.md")
    for n, block in enumerate(re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL))
]


@pytest.mark.parametrize("shown", [b for *_, b in BLOCKS], ids=[f"{page}-{n}" for page, n, _ in BLOCKS])
def test_what_the_documentation_shows_is_accepted(shown):
    if "format" in shown:
        compile_map(TypeAdapter(PayloadMap).validate_python(shown))
    for row in shown.get("collectors", ()):
        MqttSpec.model_validate(row)
    for row in shown.get("meters", ()):
        MeterSpec.model_validate(row)


def test_the_map_readings_is_what_the_documentation_says():
    shown = next(block for _, _, block in BLOCKS if block.get("readings") == "readings")
    assert TypeAdapter(PayloadMap).validate_python(shown) == READINGS


def test_there_are_blocks():
    assert len(BLOCKS) >= 6
