"""The source behind each collector. A driver, and the library that it stands on, is imported when a collector
needs it: OPC UA's alone costs a third of a second and 25 MB."""

from functools import cached_property
from typing import TYPE_CHECKING

from collectors.modbus.spec import ModbusSpec
from collectors.mqtt.spec import MqttSpec
from collectors.opcua.spec import OpcUaSpec
from core.ports.source import Source
from hub.check import Configuration
from hub.stores import Stores

if TYPE_CHECKING:
    from collectors.modbus.group import Groups


class Drivers:
    """Of one hub: its Modbus connections share their polls' clock and decoding."""

    def __init__(self, configuration: Configuration, stores: Stores) -> None:
        self._configuration, self._stores = configuration, stores

    def source(self, spec: ModbusSpec | OpcUaSpec | MqttSpec) -> Source:
        """Raises ValueError for a point whose tag is unknown."""
        match spec:
            case ModbusSpec():
                return self._modbus(spec)
            case OpcUaSpec():
                return self._opcua(spec)
            case MqttSpec():
                return self._mqtt(spec)

    def _modbus(self, spec: ModbusSpec) -> Source:
        from collectors.modbus.driver import ModbusSource

        if spec.tls is not None:
            spec = spec.model_copy(update={"tls": spec.tls.in_folder(self._configuration.folder)})
        return ModbusSource(spec, self._configuration.plant.tags, self._stores.clock, self._polls)

    @cached_property
    def _polls(self) -> "Groups":
        from collectors.modbus.group import Groups
        from collectors.modbus.slices import Slices

        return Groups(Slices(self._stores.clock))

    def _opcua(self, spec: OpcUaSpec) -> Source:
        from collectors.opcua.driver import OpcUaSource

        here = self._configuration
        return OpcUaSource(spec, here.plant.tags, self._stores.clock, here.hub.data / "opcua", here.folder)

    def _mqtt(self, spec: MqttSpec) -> Source:
        from collectors.mqtt.source import MqttSource

        here = self._configuration
        own = spec.in_folder(here.folder)
        return MqttSource(own, here.plant.tags, self._stores.clock, self._stores.quarantine)
