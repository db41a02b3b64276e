"""What Prometheus is told. Samples are conserved: at rest, received is the sum of every other fate."""

import asyncio
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.deps import Deps
from api.stream import EventStream
from core.model.conservation import Fate
from core.ports.quarantine import QuarantineFacts
from core.ports.spool import RECORDER, SpoolFacts
from core.runtime.conservation import unaccounted

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Scrape(Collector):
    """One scrape's families. `look` takes down what changes meanwhile; then another thread may `collect`."""

    def __init__(
        self, deps: Deps, facts: SpoolFacts, quarantine: QuarantineFacts, stream: EventStream
    ) -> None:
        self._deps = deps
        self._facts = facts
        self._quarantine = quarantine
        self._stream = stream
        self._seen: list[Metric] = []

    def look(self) -> None:
        self._seen = [*self._sources(), *self._services(), self._conditions(), *self._api()]

    def collect(self) -> Iterable[Metric]:
        yield from self._samples()
        yield from self._quarantined()
        yield from self._seen

    def _samples(self) -> Iterator[Metric]:
        facts = self._facts
        samples = CounterMetricFamily(
            "waterhub_samples", "Samples since the data folder began, by fate", labels=["source", "fate"]
        )
        missing = GaugeMetricFamily(
            "waterhub_samples_unaccounted", "Received, and in no other count: 0 at rest", labels=["source"]
        )
        tally, unbalanced = facts.tally(), unaccounted(facts)
        for source, received in facts.received_by.items():
            samples.add_metric([source, "received"], received)
            missing.add_metric([source], unbalanced.get(source, 0))
            for fate in Fate:
                samples.add_metric([source, fate], tally.get(source, {}).get(fate, 0))
        yield samples
        yield missing
        spooled = GaugeMetricFamily(
            "waterhub_samples_spooled", "Samples the recorder has yet to store", labels=["source"]
        )
        reader = facts.readers.get(RECORDER)
        for source, waiting in (reader.spooled if reader else {}).items():
            spooled.add_metric([source], waiting)
        yield spooled
        behind = GaugeMetricFamily(
            "waterhub_spool_behind", "Samples a reader has yet to pass", labels=["cursor"]
        )
        for cursor, samples_behind in facts.behind.items():
            behind.add_metric([cursor], samples_behind)
        yield behind
        yield GaugeMetricFamily("waterhub_spool_bytes", "Size of the spool", value=facts.bytes)

    def _quarantined(self) -> Iterator[Metric]:
        kept = CounterMetricFamily(
            "waterhub_quarantine", "Refusals ever kept, by reason", labels=["source", "reason"]
        )
        for labels, n in self._quarantine.counts.items():
            kept.add_metric(labels, n)
        yield kept
        waiting, dropped = self._quarantine.waiting, self._quarantine.dropped
        yield GaugeMetricFamily("waterhub_quarantine_waiting", "Refusals not replayed yet", value=waiting)
        yield CounterMetricFamily("waterhub_quarantine_dropped", "Refusals gone for room", value=dropped)

    def _sources(self) -> Iterator[Metric]:
        connected = GaugeMetricFamily("waterhub_source_connected", "1 while connected", labels=["source"])
        counts = CounterMetricFamily(
            "waterhub_source", "Counts of a source since start", labels=["source", "what"]
        )
        failures = CounterMetricFamily(
            "waterhub_source_failures", "Failures of a source by reason", labels=["source", "reason"]
        )
        for source in self._deps.sources:
            facts = source.facts
            connected.add_metric([source.id], facts.connected)
            for what in ("samples", "bad", "connects", "missed_slots", "refused", "shed"):
                counts.add_metric([source.id, what], getattr(facts, what))
            for reason, n in facts.failures.items():
                failures.add_metric([source.id, reason], n)
        return iter((connected, counts, failures))

    def _services(self) -> Iterator[Metric]:
        running = GaugeMetricFamily("waterhub_service_running", "1 while it runs", labels=["service"])
        restarts = CounterMetricFamily(
            "waterhub_service_restarts", "Restarts since start", labels=["service"]
        )
        for name, facts in self._deps.services.items():
            running.add_metric([name], facts.running)
            restarts.add_metric([name], facts.restarts)
        return iter((running, restarts))

    def _conditions(self) -> Metric:
        standing = GaugeMetricFamily(
            "waterhub_condition", "1 while it is wrong with the hub", labels=["condition", "severity"]
        )
        for condition in self._deps.health.standing():
            standing.add_metric([condition.id, condition.severity], 1)
        return standing

    def _api(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("waterhub_stream_clients", "Open event streams", value=len(self._stream))
        cuts = CounterMetricFamily(
            "waterhub_stream_ended", "Event streams ended, by reason", labels=["reason"]
        )
        for reason, n in self._stream.cuts.items():
            cuts.add_metric([reason], n)
        yield cuts
        yield GaugeMetricFamily(
            "waterhub_loop_lag_seconds", "How late the event loop last woke", value=self._stream.lag_s
        )


async def exposition(deps: Deps, stream: EventStream) -> bytes:
    """There is no series of a tag: what it costs grows with connections, and the writing of it, most of it,
    holds up no sample."""
    nothing = QuarantineFacts(0, 0, 0, 0, {}, {})
    quarantine = await deps.quarantine.facts() if deps.quarantine else nothing
    registry = CollectorRegistry()
    scrape = _Scrape(deps, await deps.spool.facts(), quarantine, stream)
    scrape.look()
    registry.register(scrape)
    return await asyncio.to_thread(generate_latest, registry)
