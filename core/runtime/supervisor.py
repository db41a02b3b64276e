"""Every service restarts alone. The one place where a blind `except` may stand."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from core.runtime.logs import log

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
AGAIN_S = 10.0
"""Longer than any service takes to end in order."""
STEADY_AFTER_S = 30.0
"""A service that ran this long before it failed starts again with the first wait."""


@dataclass(slots=True)
class ServiceFacts:
    """ended: it returned by itself, its work done."""

    running: bool = False
    ended: bool = False
    restarts: int = 0
    last_error: str | None = None


@dataclass(slots=True)
class Supervisor:
    """Runs services until cancelled. A failed one waits 1 s, doubling to 30 s, with a fifth of jitter;
    its loss is logged once and its return once, however often it was tried between."""

    facts: dict[str, ServiceFacts] = field(default_factory=dict)
    _services: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    def add(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Raises ValueError when the name is taken."""
        if name in self._services:
            raise ValueError(f"two services are called {name!r}")
        self._services[name] = run
        self.facts[name] = ServiceFacts()

    async def run(self) -> None:
        """A service that lost its cancellation on the way (a library that swallows it) is cancelled again."""
        tasks = [
            asyncio.create_task(self._keep(name, service), name=name)
            for name, service in self._services.items()
        ]
        try:
            done = (await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION))[0] if tasks else ()
            for task in done:
                task.result()
        finally:
            while left := {task for task in tasks if not task.done()}:
                for task in left:
                    task.cancel()
                await asyncio.wait(left, timeout=AGAIN_S)

    async def _keep(self, name: str, service: Callable[[], Awaitable[None]]) -> None:
        facts, wait_s, lost = self.facts[name], FIRST_WAIT_S, False
        loop = asyncio.get_running_loop()
        while True:
            started, facts.running = loop.time(), True
            announce = loop.call_later(STEADY_AFTER_S, _returned, name) if lost else None
            try:
                await asyncio.create_task(_alone(service), name=name)
                facts.ended = True
                return
            except (Exception, asyncio.CancelledError) as error:
                if isinstance(error, asyncio.CancelledError) and _told_to_end():
                    raise
                facts.last_error = _said(error)
                if _told_to_end():
                    log.warning("service failed while it ended", service=name, error=facts.last_error)
                    raise asyncio.CancelledError from error
                if not lost:
                    outside = _outside(error)
                    log.warning("service lost", service=name, error=facts.last_error, exc_info=not outside)
            finally:
                facts.running = False
                if announce:
                    announce.cancel()
            steady = loop.time() - started > STEADY_AFTER_S
            wait_s, lost = (FIRST_WAIT_S, False) if steady else (wait_s, True)
            facts.restarts += 1
            await asyncio.sleep(wait_s * random.uniform(0.8, 1.2))
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)


async def _alone(service: Callable[[], Awaitable[None]]) -> None:
    """In a task of its own: a task group whose child fails after its body has ended leaves its task marked as
    cancelled (gh-116720, before CPython 3.13), which is nobody's wish that the service should end."""
    await service()


def _told_to_end() -> bool:
    """By the supervisor. What fails while it is cancelled (a task group's child beside it) raises that in the
    cancellation's place; it must not begin anew."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _said(error: BaseException) -> str:
    """In one line; of a group of failures, each kind once."""
    if isinstance(error, ExceptionGroup):
        return "; ".join(dict.fromkeys(_said(one) for one in error.exceptions))
    return f"{type(error).__name__}: {error}"


def _outside(error: BaseException) -> bool:
    """A network, disk or server that fails: its own words say all, and no traceback is needed."""
    if isinstance(error, ExceptionGroup):
        return all(_outside(one) for one in error.exceptions)
    return isinstance(error, OSError)


def _returned(name: str) -> None:
    log.info("service returned", service=name)
