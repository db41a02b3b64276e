"""What the operators' rooms are given: the whole of what a route may touch."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from alarms.master_watch import MasterWatch
from alarms.suppression import ByDesign
from api.audit_check import AuditCheck
from api.phones import PhoneDoor
from api.reports.water import STANDARD, Promised
from core.model.alarm import AlarmDefinition
from core.model.flood import ONE_POSITION, Position
from core.model.plant import Plant
from core.model.shift import TWELVE_HOURS, Rota
from core.model.station import unseen
from core.model.text import Text
from core.ports.clock import Clock
from core.ports.historian import Historian
from core.ports.ledger import Ledger
from core.ports.photos import PhotoStore
from core.ports.quarantine import Quarantine
from core.ports.source import Source
from core.ports.spool import Spool
from core.ports.vault import Vault
from core.runtime.health import Health
from core.runtime.live import LiveTable
from core.runtime.supervisor import ServiceFacts
from response.delivery.room import Delivering
from response.escalation.spec import EscalationFile
from response.hotline.search.finder import Finder
from response.hotline.telephony import Telephony
from response.service_times import CN_DEFAULT, ServiceTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """reads: by source, its tags and the device that each is read from. definitions: the rationalised alarm
    rows by id; rows: the plant's alone, by_design: what suppresses which, both as they run now; master: who
    keeps them as approved. positions: operators' desks. services: the supervisor's facts, read as they
    change. escalation: who is on call; None where nobody is called. times: what was promised. rota: the
    control room's shifts. pressure: what reports hold the network against.
    secure_cookies: False on plain-HTTP loopback only. unseen: by station, what is not seen without it.
    wall_ns: the host's own UTC, ns. photos: None where none are kept. telephony: the exchange whose webhook
    is heard; None for none. finder: of customers. delivering: messages to them; None where none are sent."""

    ledger: Ledger
    vault: Vault
    historian: Historian
    finder: Finder
    spool: Spool
    live: LiveTable
    plant: Plant
    clock: Clock
    audit: AuditCheck | None = None
    quarantine: Quarantine | None = None
    photos: PhotoStore | None = None
    phones: PhoneDoor | None = None
    times: ServiceTimes = CN_DEFAULT
    rota: Rota = TWELVE_HOURS
    pressure: Promised = STANDARD
    health: Health = field(default_factory=Health)
    definitions: Mapping[str, AlarmDefinition] = field(default_factory=dict)
    master: MasterWatch | None = None
    rows: Callable[[], Sequence[AlarmDefinition]] | None = None
    by_design: Callable[[], ByDesign] = ByDesign
    sources: Sequence[Source] = ()
    positions: Sequence[Position] = ONE_POSITION
    reads: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    services: Mapping[str, ServiceFacts] = field(default_factory=dict)
    escalation: EscalationFile | None = None
    delivering: Delivering | None = None
    telephony: Telephony | None = None
    secure_cookies: bool = True
    wall_ns: Callable[[], int] = time.time_ns
    unseen: Mapping[str, Text] = field(default_factory=dict)

    @property
    def exercise(self) -> bool:
        """The whole hub is in an exercise: nobody is told anything (ON-42)."""
        return self.delivering is not None and self.delivering.file.exercise

    def __post_init__(self) -> None:
        """Looked up of a plant once: each command has these with a ledger of its own."""
        if not self.unseen:
            object.__setattr__(self, "unseen", unseen(self.plant))
