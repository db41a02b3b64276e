"""thingsboard-gateway in its wide-range mode, one request a poll, with Mosquitto and a small ThingsBoard.

The gateway publishes every device's values at QoS 1; the stand-in for ThingsBoard lives in this process,
acknowledges its questions without any limit of rate, and counts the values that arrive.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bench.mqtt import broker, mosquitto
from bench.path_field import Field
from bench.path_plant import REGISTERS, host
from bench.peers.running import HOME, NotInstalled, Peer, Running, program

VENV = HOME / "thingsboard"
TELEMETRY, ASKS, LIMITS = "v1/gateway/telemetry", "v1/devices/me/rpc/request/", "v1/devices/me/rpc/response/"


class ThingsBoard:
    """What of it the gateway needs. values: received."""

    def __init__(self, port: int) -> None:
        self.values = 0
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="thingsboard")
        self._client.on_message = self._heard
        self._client.connect("127.0.0.1", port)
        self._client.subscribe([(TELEMETRY, 1), (ASKS + "+", 1)])
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _heard(self, client: paho.Client, _: object, message: paho.MQTTMessage) -> None:
        if message.topic.startswith(ASKS):
            limits = {"maxPayloadSize": 65536, "maxInflightMessages": 0, "rateLimits": {}}
            limits["gatewayRateLimits"] = {}
            client.publish(LIMITS + message.topic.removeprefix(ASKS), json.dumps(limits), 1)
            return
        for rows in orjson.loads(message.payload).values():
            self.values += sum(len(row["values"]) for row in rows)


@asynccontextmanager
async def running(folder: Path, field: Field, period_s: float) -> AsyncIterator[Running]:
    mosquitto_path = mosquitto()
    if not (VENV / "done").exists():
        raise NotInstalled("bench/peers/install.sh thingsboard")
    if mosquitto_path is None:
        raise NotInstalled("it publishes to Mosquitto: make test-servers")
    with broker(mosquitto_path, folder) as port:
        _configure(folder / "config", field, period_s, port)
        (folder / "logs").mkdir()
        cloud = ThingsBoard(port)
        environment = {**os.environ, "TB_GW_CONFIG_DIR": str(folder / "config")}
        environment.pop("PYTHONPATH", None)
        try:
            async with program(folder, VENV / "bin" / "thingsboard-gateway", env=environment) as process:

                async def delivered() -> int:
                    return cloud.values

                yield Running(process, delivered)
        finally:
            cloud.close()


def _configure(folder: Path, field: Field, period_s: float, port: int) -> None:
    thingsboard = {
        "host": "127.0.0.1",
        "port": port,
        "remoteConfiguration": False,
        "statistics": {"enable": False},
        "qos": 1,
        "maxPayloadSizeBytes": 65536,
        "security": {"type": "accessToken", "accessToken": "bench"},
        "reportStrategy": {"type": "ON_RECEIVED"},
    }
    connector = {"type": "modbus", "name": "field", "configuration": "modbus.json"}
    gateway = {
        "thingsboard": thingsboard,
        "storage": {"type": "memory", "read_records_count": 1000, "max_records_count": 100_000},
        "grpc": {"enabled": False},
        "connectors": [connector],
    }
    slaves = [_slave(device, field.port, period_s) for device in range(field.devices)]
    folder.mkdir()
    (folder / "tb_gateway.json").write_text(json.dumps(gateway))
    (folder / "modbus.json").write_text(json.dumps({"master": {"slaves": slaves}}))
    (folder / "logs.json").write_text(json.dumps(_LOGS))


def _slave(device: int, port: int, period_s: float) -> dict[str, object]:
    values = {
        "tag": "v${address}",
        "type": "32float",
        "functionCode": 3,
        "objectsCount": 2,
        "address": f"0-{REGISTERS - 1}",
        "maxRegistersPerRequest": REGISTERS,
    }
    return {
        "host": host(device),
        "port": port,
        "type": "tcp",
        "method": "socket",
        "unitId": 1,
        "deviceName": f"st-{device:04d}",
        "timeout": 5,
        "byteOrder": "BIG",
        "wordOrder": "BIG",
        "pollPeriod": round(1e3 * period_s),
        "connectAttemptTimeMs": 5000,
        "connectAttemptCount": 5,
        "attributes": [],
        "timeseries": [values],
    }


_LOGGERS = ("service", "connector", "converter", "tb_connection", "storage", "extension", "statistics")
_LOGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"out": {"class": "logging.StreamHandler", "level": "WARNING", "stream": "ext://sys.stdout"}},
    "loggers": {name: {"handlers": ["out"], "level": "WARNING", "propagate": False} for name in _LOGGERS},
    "root": {"level": "WARNING", "handlers": ["out"]},
}

THINGSBOARD = Peer("thingsboard-gateway", 150, 1.0, running)
