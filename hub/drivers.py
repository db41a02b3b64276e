"""The source behind each collector. A driver, and the library that it stands on, is imported when a collector
needs it: OPC UA's alone costs a third of a second and 25 MB."""

from functools import cached_property
from typing import TYPE_CHECKING

from collectors.modbus.spec import ModbusSpec
from collectors.mqtt.spec import MqttSpec
from collectors.opcua.spec import OpcUaSpec
from core.ports.historian import HistorianUnavailable
from core.ports.source import Source
from core.ports.spool import RECORDER
from core.runtime.logs import log
from hub.check import Configuration
from hub.stores import Stores

if TYPE_CHECKING:
    from collectors.modbus.group import Groups
    from collectors.opcua.driver import OpcUaSource

UNSTORED_ROWS = 1_000
"""Of those that the recorder has yet to store, the newest so many are looked through."""


class Drivers:
    """Of one hub: its Modbus connections share their polls' clock and decoding."""

    def __init__(self, configuration: Configuration, stores: Stores) -> None:
        self._configuration, self._stores = configuration, stores
        self._opcua_made: list[tuple[OpcUaSource, list[str]]] = []

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
        made = OpcUaSource(spec, here.plant.tags, self._stores.clock, here.hub.data / "opcua", here.folder)
        self._opcua_made.append((made, [item.tag for item in spec.nodes]))
        return made

    async def remember(self) -> None:
        """Tells OPC UA connections what of theirs is on disk: their servers tell changes only, and of the
        time in which no hub listened nobody else would say anything."""
        stores = self._stores
        facts = await stores.spool.facts()
        after = max(facts.cursors.get(RECORDER, 0), facts.last_seq - UNSTORED_ROWS)
        newest = await stores.spool.read(after, UNSTORED_ROWS) if self._opcua_made else ()
        for source, tags in self._opcua_made:
            try:
                source.remember(await stores.historian.last(tags))
            except HistorianUnavailable as error:
                log.warning("the gap of the start is not told", source=source.id, error=str(error))
                continue
            for row in newest:
                if source.id in row.batch.sources:
                    source.remember(row.batch)

    def _mqtt(self, spec: MqttSpec) -> Source:
        from collectors.mqtt.source import MqttSource

        here = self._configuration
        own = spec.in_folder(here.folder)
        return MqttSource(own, here.plant.tags, self._stores.clock, self._stores.quarantine)
