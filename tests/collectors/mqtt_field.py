"""A collector of five meters, and where it says that it is there."""

from collectors.mqtt.source import MqttSource
from collectors.mqtt.spec import MqttSpec
from tests.collectors.field import tags


def make(port: int, clock, quarantine, keepalive_s: int | None = None, **fields) -> MqttSource:
    known = {"type": "mqtt", "id": "meters", "host": "127.0.0.1", "port": port}
    known |= {"topics": [{"filter": "meters/+/readings", "payload": "readings"}]}
    spec = MqttSpec.model_validate(known | fields)
    if keepalive_s is not None:
        spec = spec.model_copy(update={"keepalive_s": keepalive_s})  # sooner than the configuration allows
    meters = tags([f"meter.M{n}" for n in range(5)], unit="m3", period_s=3600.0)
    return MqttSource(spec, meters, clock, quarantine)


STATUS = "$hub/collector/meters/state"
