"""Which alarms a hub runs: those that were approved, whatever the files say by now."""

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from alarms import activities, call_alarms, hub_alarms, master
from alarms.definitions import Definitions, by_id
from alarms.difference import Table
from alarms.master_watch import MasterWatch
from alarms.service import AlarmService
from alarms.suppression import ByDesign
from alarms.suppression_spec import WrongRule, by_design
from core.model.alarm import AlarmDefinition
from core.runtime.health import Health
from hub.check import Configuration
from hub.master_files import read_master
from hub.problems import Problem
from hub.stores import Stores


class Approved:
    """What `approved` found. configuration: with the alarms to run; version: of the master database; unfit:
    rows that were approved and do not fit the plant any more."""

    def __init__(self, configuration: Configuration, version: int, unfit: list[str]) -> None:
        self.configuration, self.version, self.unfit = configuration, version, unfit
        plant: Any = by_id(configuration.definitions)  # only read: a ChainMap wants what could be written too
        self.by_id: ChainMap[str, AlarmDefinition] = ChainMap(
            hub_alarms.definitions(),
            {activities.OVERRUN: activities.definition()},
            call_alarms.definitions(configuration.plant),
            plant,
        )
        """The hub's own and the plant's; after a change, the changed ones."""

    def watch(self, stores: Stores, health: Health, alarms: AlarmService) -> MasterWatch:
        configuration = self.configuration

        def apply(definitions: Definitions) -> None:
            plant: Any = by_id(definitions)
            self.by_id.maps[-1] = plant
            design, wrong = _by_design(configuration, definitions)
            if wrong:
                watch.unfit(wrong)
            alarms.reconfigure(definitions, design)

        watch = MasterWatch(
            stores.ledger,
            health,
            stores.clock,
            configuration.plant,
            configuration.definitions,
            self.version,
            files_of(configuration),
            apply,
        )
        watch.unfit(self.unfit)
        return watch


async def approved(configuration: Configuration, stores: Stores) -> Approved:
    """At the first start the files are taken as they are: version 1."""
    async with stores.ledger.read() as tx:
        version, rows = await master.latest(tx), await master.approved(tx)
    if not version:
        table = files_of(configuration)() or {}
        async with stores.ledger.begin() as tx:
            await master.begin(tx, table, stores.clock.now_ns())
            version, rows = await master.latest(tx), await master.approved(tx)
    if configuration.digests == {id: row.digest for id, row in rows.items()}:
        configuration.definitions.approved({id: row.version for id, row in rows.items()})
        return Approved(configuration, version, [])
    definitions, wrong = master.definitions_of(rows, configuration.plant)
    design, unfit = _by_design(configuration, definitions)
    running = replace(configuration, definitions=definitions, by_design=design)
    return Approved(running, version, [*(str(one) for one in wrong), *unfit])


def _by_design(configuration: Configuration, definitions: Definitions) -> tuple[ByDesign, list[str]]:
    """What the rules of alarms.yaml withhold of these; nothing, and why, when one of them does not fit."""
    try:
        return by_design(configuration.suppression, definitions, configuration.plant), []
    except WrongRule as wrong:
        return ByDesign(), [str(wrong)]


def files_of(configuration: Configuration) -> Callable[[], Table | None]:
    """Reads what the files say now; None when they cannot be read."""

    def read() -> Mapping[str, Any] | None:
        problems: list[Problem] = []
        found = read_master(configuration.folder, problems)
        return found.table() if found else None

    return read
