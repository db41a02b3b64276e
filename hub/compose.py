"""Puts a hub together out of its rooms: the one place that knows which adapter stands behind which port."""

from functools import partial

from api.app import build
from api.audit_check import AuditCheck
from api.deps import Deps
from api.serve import serve
from core.adapters.folder_photos import FolderPhotos
from core.runtime import memory
from core.runtime.health import Health
from core.runtime.logs import log
from core.runtime.supervisor import Supervisor
from hub.alarming import Alarming, add_alarms
from hub.anchor import anchors_or_none
from hub.approved import Approved, approved
from hub.check import Configuration
from hub.config import HubFile
from hub.first_start import History, import_customers
from hub.opening import Opening
from hub.phones import serve_phones
from hub.responding import Responding, add_response
from hub.sensing import Sensing, add_sensing
from hub.stores import Stores, open_stores
from hub.telephony import telephony
from hub.upkeep import add_upkeep


async def run_hub(configuration: Configuration, phones: Opening | None = None) -> None:
    """Everything inside the utility's own network, in one process, until cancelled. phones: a second door."""
    async with open_stores(configuration) as stores:
        hub = configuration.hub
        await import_customers(stores.ledger, stores.vault, hub)
        supervisor, health = Supervisor(), Health()
        history = History(stores.historian, hub.data / "history")
        if not await history.at_once():
            supervisor.add("history", lambda: history.run(health, stores.clock))
        now = await approved(configuration, stores)
        sensing = await add_sensing(supervisor, now.configuration, stores, health)
        alarming = add_alarms(supervisor, now, stores, health, sensing, history.imported)
        responding = await add_response(supervisor, now, stores, health, history.imported)
        deps = deps_of(supervisor, now, stores, health, sensing, alarming, responding, phones)
        add_doors(supervisor, hub, deps, phones)
        add_upkeep(supervisor, now.configuration, stores, health)
        memory.settle()
        await supervisor.run()


def deps_of(
    supervisor: Supervisor,
    now: Approved,
    stores: Stores,
    health: Health,
    sensing: Sensing,
    alarming: Alarming,
    responding: Responding,
    phones: Opening | None,
) -> Deps:
    """What the operators' rooms are given of all that."""
    configuration, hub, alarms = now.configuration, now.configuration.hub, alarming.service
    return Deps(
        ledger=stores.ledger,
        vault=stores.vault,
        audit=AuditCheck(stores.ledger, partial(anchors_or_none, hub.audit.anchor)),
        historian=stores.historian,
        finder=responding.finder,
        spool=stores.spool,
        quarantine=stores.quarantine,
        photos=FolderPhotos(hub.data / "photos", hub.photos.max_bytes, hub.photos.min_free_share),
        health=health,
        live=stores.live,
        plant=configuration.plant,
        clock=stores.clock,
        definitions=now.by_id,
        rows=lambda: alarms.rows,
        by_design=lambda: alarms.by_design,
        master=alarming.master,
        positions=hub.positions,
        rota=hub.shifts.rota,
        sources=sensing.sources,
        reads=sensing.reads,
        services=supervisor.facts,
        escalation=configuration.escalation,
        delivering=responding.delivering,
        times=configuration.times,
        pressure=hub.report.promised,
        telephony=telephony(hub.telephony, configuration.folder),
        secure_cookies=hub.api.tls,
        phones=phones.door if phones else None,
    )


def add_doors(supervisor: Supervisor, hub: HubFile, deps: Deps, phones: Opening | None) -> None:
    """The API with its screens; and, for phones on the local network, the same once more."""
    door, app = hub.api, build(deps)
    supervisor.add(
        "api",
        lambda: serve(
            app,
            door.bind,
            door.port,
            tls_cert=door.tls_cert,
            tls_key=door.tls_key,
            trusted_proxies=door.proxies,
            ready=lambda port: log.info("hub serves", at=f"{door.bind}:{port}", tls=door.tls),
        ),
    )
    if phones:
        supervisor.add("phones", lambda: serve_phones(deps, phones))
