"""A source that reads the plants of tests/servers (asyncua's and node-opcua's: the same nodes)."""

from pathlib import Path

from collectors.opcua.driver import OpcUaSource
from collectors.opcua.spec import OpcUaSpec
from core.ports.clock import Clock
from tests.collectors.field import tags

URI = "urn:test:plant"
NO_PKI = Path("/nowhere")


def source(port, clock: Clock, n=5, more=(), limits=None, pki=NO_PKI, folder=NO_PKI, **fields) -> OpcUaSource:
    """Tags v0 … of nodes s=v-0 …, and `more`. Without security, unless `fields` say otherwise."""
    nodes = [{"tag": f"v{i}", "node": f"nsu={URI};s=v-{i}"} for i in range(n)]
    spec = OpcUaSpec.model_validate(
        {"type": "opcua", "id": "plant", "url": f"opc.tcp://127.0.0.1:{port}/plant", "publish_ms": 100}
        | {"allow_insecure": True, "timeout_s": 2.0, "nodes": [*nodes, *more]}
        | fields
    )
    mine = tags([item.tag for item in spec.nodes], **(limits or {}))
    return OpcUaSource(spec, mine, clock, pki, folder)
