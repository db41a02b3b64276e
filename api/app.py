"""The operators' rooms as one ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache

from fastapi import APIRouter, FastAPI

from api import screens
from api.context import Context
from api.deps import Deps
from api.drawing import drawn
from api.gate import Door, mount, permission_of
from api.guard import Guard
from api.problems import install
from api.routes import (
    activities,
    advisories,
    alarm_acts,
    alarm_journal,
    alarm_kpi,
    alarms,
    annotations,
    appointments,
    audit,
    callbacks,
    calls,
    clocks,
    code_messages,
    collection,
    crew,
    cti,
    delivery,
    delivery_rows,
    dispatch,
    duties,
    events,
    fire_service,
    floods,
    health,
    hotline,
    hotline_queue,
    hotline_reports,
    incidents,
    instrument_faults,
    maintenance,
    master,
    notice_drafts,
    notice_footprint,
    notice_messages,
    notice_renderings,
    notices,
    order_notes,
    order_opening,
    order_people,
    order_work,
    past,
    photos,
    plant,
    quality,
    quality_holds,
    reports,
    service_figures,
    session,
    shifts,
    tag_tables,
    tags,
    without_water,
    work_orders,
)
from api.session import Sessions
from api.stream import EventStream
from core.runtime.supervisor import Supervisor
from response.hotline.desk import Desk
from response.instruments import Instruments
from response.usual_past import Ahead

DOORS: tuple[Door, ...] = (
    *health.DOORS,
    *audit.DOORS,
    *session.DOORS,
    *tags.DOORS,
    *tag_tables.DOORS,
    *past.DOORS,
    *annotations.DOORS,
    *plant.DOORS,
    *quality.DOORS,
    *quality_holds.DOORS,
    *instrument_faults.DOORS,
    *collection.DOORS,
    *alarms.DOORS,
    *alarm_acts.DOORS,
    *alarm_journal.DOORS,
    *alarm_kpi.DOORS,
    *calls.DOORS,
    *advisories.DOORS,
    *floods.DOORS,
    *activities.DOORS,
    *incidents.DOORS,
    *without_water.DOORS,
    *clocks.DOORS,
    *duties.DOORS,
    *fire_service.DOORS,
    *callbacks.DOORS,
    *service_figures.DOORS,
    *reports.DOORS,
    *appointments.DOORS,
    *order_opening.DOORS,
    *order_people.DOORS,
    *order_work.DOORS,
    *work_orders.DOORS,
    *photos.DOORS,
    *crew.DOORS,
    *order_notes.DOORS,
    *notices.DOORS,
    *delivery.DOORS,
    *delivery_rows.DOORS,
    *notice_drafts.DOORS,
    *notice_footprint.DOORS,
    *notice_renderings.DOORS,
    *notice_messages.DOORS,
    *hotline.DOORS,
    *hotline_reports.DOORS,
    *code_messages.DOORS,
    *hotline_queue.DOORS,
    *cti.DOORS,
    *maintenance.DOORS,
    *shifts.DOORS,
    *dispatch.DOORS,
    *master.DOORS,
    *events.DOORS,
)


def build(deps: Deps) -> FastAPI:
    """Raises ValueError when a route names no permission. The event stream runs within the lifespan, and
    what is usual of instruments is looked up."""
    sessions = Sessions(deps.ledger, deps.clock, deps.wall_ns)
    pages = screens.Pages(deps)
    context = Context(
        deps=deps,
        sessions=sessions,
        stream=EventStream(deps, sessions, pages.version),
        catalogue=tags.Catalogue(deps.plant.tags),
        drawing=drawn(deps.plant),
        hotline=_desk(deps),
    )
    app = FastAPI(
        title="Water Hub",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(context),
    )
    app.state.context = context
    for router in (_contract(), screens.router(pages)):
        for route in router.routes:
            permission_of(route)
        app.router.routes.extend(router.routes)
    install(app, pages.refused)
    app.middleware_stack = Guard(app.build_middleware_stack(), secure=deps.secure_cookies)
    return app


@cache
def _contract() -> APIRouter:
    """Its routes know no hub but the one that a request comes to, and are made once a process. Included,
    FastAPI would make each of them a second time."""
    return mount(DOORS)


def _desk(deps: Deps) -> Desk:
    return Desk(
        ledger=deps.ledger,
        vault=deps.vault,
        plant=deps.plant,
        instruments=Instruments(deps.plant),
        live=deps.live,
        historian=deps.historian,
        finder=deps.finder,
    )


def _usual(context: Context) -> Ahead:
    desk = context.hotline
    return Ahead(desk.instruments.tags, context.deps.historian, desk.remembered, context.deps.clock)


def _lifespan(context: Context) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        await context.stream.start()
        supervisor = Supervisor()
        supervisor.add("event stream", context.stream.run)
        supervisor.add("usual of instruments", _usual(context).run)
        task = asyncio.create_task(supervisor.run(), name="event stream")
        try:
            yield
        finally:
            context.stream.stop()
            task.cancel()
            await asyncio.wait([task])

    return running
