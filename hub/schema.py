"""The JSON Schema of a configuration folder, generated from the typed tree (configs/schema.json)."""

import json

from pydantic import BaseModel

from alarms.spec import AlarmsSpec
from collectors.intake.spec import DerivedFile
from collectors.modbus.template import DeviceTemplate
from hub.config import CollectorsFile, HubFile
from hub.limits_file import LimitsFile
from response.clocks.spec import ServiceTimesFile
from response.delivery.spec import DeliveryFile
from response.escalation.spec import EscalationFile

FILES: dict[str, type[BaseModel]] = {
    "hub.yaml": HubFile,
    "collectors.yaml": CollectorsFile,
    "alarms.yaml": AlarmsSpec,
    "derived.yaml": DerivedFile,
    "escalation.yaml": EscalationFile,
    "delivery.yaml": DeliveryFile,
    "service-times.yaml": ServiceTimesFile,
    "devices/*.yaml": DeviceTemplate,
    "limits/*.yaml": LimitsFile,
}


def schema_text() -> str:
    """One schema a file, under the file's name."""
    schemas = {name: kind.model_json_schema() for name, kind in FILES.items()}
    return json.dumps({"files": schemas}, indent=1, ensure_ascii=False) + "\n"
