"""A configuration against its hub's ledger, left as it stands: crews named there, kinds of its catalogue."""

import sqlite3
from collections.abc import Collection

from core.adapters.sql_ledger.connection import READS, Connection
from core.adapters.sql_ledger.tx import SqlTx
from core.model.service import Service
from core.ports.ledger import LedgerUnavailable
from hub.check import Configuration
from hub.crews_named import named
from hub.problems import Problem, nearest
from hub.service_times_file import NAME as SERVICE_TIMES
from hub.stores import ledger_file
from hub.yaml_lines import Document, load
from response.orders.catalogue import DEFAULT, services
from response.service_times import ServiceTimes

_IMPORT = "the catalogue has none: `waterhub import catalogue` brings your own, or take it out"


async def wrong_by_ledger(configuration: Configuration) -> list[Problem]:
    """Nothing of a ledger that cannot be read. Without one the catalogue is the default's."""
    path = ledger_file(configuration.hub.data)
    if not path.is_file():
        return _unknown_services(configuration, DEFAULT)
    connection = Connection(path, READS)
    try:
        tx = SqlTx(connection)
        crews = await named(tx, configuration.plant.crews)
        catalogue = (await services(tx)).values()
    except (LedgerUnavailable, sqlite3.Error, ValueError):
        return []
    finally:
        await connection.close()
    file = configuration.folder / "crews.csv"
    unknown = [
        Problem(file, 0, f"there is no crew {one.crew!r}: {one.what}", f"put it back, or {one.mend}")
        for one in crews
    ]
    return [*unknown, *_unknown_services(configuration, catalogue)]


def _unknown_services(configuration: Configuration, catalogue: Collection[Service]) -> list[Problem]:
    """A promise for a kind that no order has is never kept by anybody."""
    file = configuration.folder / SERVICE_TIMES
    return in_service_times(load(file), configuration.times, catalogue) if file.exists() else []


def in_service_times(lines: Document, times: ServiceTimes, catalogue: Collection[Service]) -> list[Problem]:
    """The hub opens orders of the default's kinds whatever the utility's own rows say."""
    kinds = sorted({one.kind for one in (*DEFAULT, *catalogue)})
    ids = sorted({one.id for one in (*DEFAULT, *catalogue)})
    clocks, booked = times.file.clocks, times.file.appointments.services
    return [
        Problem(
            lines.file, lines.line(path), f"{what} {name!r} does not exist", nearest(name, known, _IMPORT)
        )
        for path, what, name, known in (
            *(
                (("clocks", n, "kinds", i), "the kind of order", kind, kinds)
                for n, row in enumerate(clocks)
                for i, kind in enumerate(row.kinds)
            ),
            *((("appointments", "services", n), "the service", id, ids) for n, id in enumerate(booked)),
        )
        if name not in known
    ]
