"""The one typed configuration tree. Its unions are the registries: a new protocol or store is a line here."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, model_validator

from alarms.confirming import RULES, Rule
from collectors.meters.spec import MeterSpec
from collectors.modbus.spec import ModbusSpec
from collectors.mqtt.spec import MqttSpec
from collectors.opcua.spec import OpcUaSpec
from core.model.flood import ONE_POSITION, Position
from core.model.incident import IncidentKind
from core.model.pressure_unit import PressureUnit
from core.model.snapshot import CC_BY
from core.model.tag import Quantity
from core.model.telephone import PRIVACY_PREFIXES
from core.model.text import Text
from hub.door_config import PortalConfig, ServeConfig
from hub.report_config import ReportConfig
from hub.shifts_config import ShiftsConfig
from hub.store_config import EmbeddedStore, InfluxStore, Store
from response.orders.reopening import ReopenRule

CollectorSpec = Annotated[ModbusSpec | OpcUaSpec | MqttSpec, Field(discriminator="type")]


class _Tree(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CollectorsFile(_Tree):
    """collectors.yaml: every connection to the field."""

    collectors: tuple[CollectorSpec, ...]
    meters: tuple[MeterSpec, ...] = ()

    @model_validator(mode="after")
    def _one_owner(self) -> "CollectorsFile":
        owners: dict[str, str] = {}
        for spec in self.collectors:
            if isinstance(spec, ModbusSpec) and owners.setdefault(spec.owner, spec.id) != spec.id:
                raise ValueError(
                    f"{spec.id}: {spec.owner} belongs to {owners[spec.owner]}: "
                    "list the units of one connection under one collector"
                )
        return self


class UtilityConfig(_Tree):
    """id: short and stable, part of public identifiers. hotline: printed wherever a citizen may need it.
    hotline_hours: when it answers, printed with it in notices and at the portal's foot; without it nothing
    is said. sender: whom public warnings are from (CAP 1.2: no space, comma, < or &). site: where the public
    pages are reached. adcode: six digits of GB/T 2260. origin: latitude and longitude (WGS-84) of the
    network's x = y = 0, so that a notice's area can be drawn. icp, police_record: the numbers that a public
    site in mainland China shows at its foot (ICP备案, 公安联网备案); empty: none is shown. licence: address
    of the open data's. simulated: the instruments are a simulated town's; walls are framed in hatching.
    pressure_unit: in which screens and the hotline say pressures; tags, limits and the interface stay in
    metres of water."""

    id: str
    name: Text
    hotline: str
    hotline_hours: Text | None = None
    sender: str = Field(default="notice@water.example.cn", pattern=r"^[^\s,<&]+$")
    site: str = Field(default="https://water.example.cn", pattern=r"^https?://[^\s/]+(/[^\s/]+)*$")
    adcode: str | None = Field(default=None, pattern=r"^[0-9]{6}$")
    origin: tuple[float, float] | None = None
    icp: str = Field(default="", pattern=r"^(.{1,2}ICP[备证][0-9]{6,8}号(-[0-9]{1,3})?)?$")
    police_record: str = Field(default="", pattern=r"^(.公网安备 ?[0-9]{14}号)?$")
    licence: str = Field(default=CC_BY, pattern=r"^https?://[^\s\"<>]+$")
    simulated: bool = False
    pressure_unit: PressureUnit = PressureUnit.MPA


class SpoolConfig(_Tree):
    """What the spool may hold: max_bytes; max_age_d, after which even acknowledged samples go, counted;
    min_free_share: of the disk, which it leaves alone (never more than 4 x max_bytes). At 95 % of any, push
    sources are no longer acknowledged and polled samples are thinned."""

    max_bytes: int = Field(default=2 * 1024**3, ge=1024**2)
    max_age_d: float = Field(default=30.0, gt=0)
    min_free_share: float = Field(default=0.1, ge=0, lt=1)


class PhotosConfig(_Tree):
    """Crews' photos, in the data folder: max_bytes of all of them, original and copy; min_free_share: of the
    disk, which they leave alone. At either no photo is taken until there is room; phones keep theirs."""

    max_bytes: int = Field(default=20 * 1024**3, ge=1024**2)
    min_free_share: float = Field(default=0.05, ge=0, lt=1)


class TimesConfig(_Tree):
    """Which stamps are believed. future_s: how far ahead of its receipt; telemetry_past_h: how far behind
    (over MQTT: `max_age_d` of the collector); alarm_max_age_s: what is older, and older than two of its
    tag's periods, is stored as backfill and never alarms. clock_uncertainty_s: how far a source's clock may
    be off that shows no skew, and by source (`modbus:st-01`): what came first is told no closer."""

    future_s: float = Field(default=300.0, gt=0)
    telemetry_past_h: float = Field(default=24.0, gt=0)
    alarm_max_age_s: float = Field(default=120.0, gt=0)
    clock_uncertainty_s: float = Field(default=1.0, ge=0)
    clock_uncertainty_by_source: dict[str, float] = {}


class Deadband(_Tree):
    """abs: in the tag's unit; pct_of_span: of the tag's high less its low. One of them."""

    abs: float | None = Field(default=None, ge=0)
    pct_of_span: float | None = Field(default=None, ge=0, le=100)

    @model_validator(mode="after")
    def _one(self) -> "Deadband":
        if (self.abs is None) == (self.pct_of_span is None):
            raise ValueError("give abs or pct_of_span, one of them")
        return self


class ArchiveConfig(_Tree):
    """What may be left out of the historian, and only there. tags: ids or patterns (`*.level`); quantity:
    all tags of it; a tag takes the first row that fits it, and every sample of a tag without one is stored.
    min_interval_s: within so long only new extremes; max_silence_s: something is stored so often at least;
    swinging_door: in the tag's unit, in place of the deadband."""

    tags: tuple[str, ...] = ("*",)
    quantity: Quantity | None = None
    deadband: Deadband = Deadband(abs=0.0)
    min_interval_s: float = Field(default=0.0, ge=0)
    max_silence_s: float = Field(default=900.0, gt=0)
    swinging_door: float | None = Field(default=None, gt=0)


class ConfirmConfig(_Tree):
    """When the hub believes an incident by itself, and with it opens an order and drafts a notice (`Rule` of
    alarms.confirming). score: of its likeliest cause, 0 to 1; sensors: so many different instruments agree;
    persists_s: so long since it opened; alone_s: with less, when it lasts so long; null: never."""

    score: float = Field(ge=0, le=1)
    sensors: int = Field(ge=1)
    persists_s: float = Field(default=0.0, ge=0)
    alone_s: float | None = Field(default=None, ge=0)


class IncidentsConfig(_Tree):
    """confirm: by kind of incident; a kind that is not named keeps its own rule."""

    confirm: dict[IncidentKind, ConfirmConfig] = {}

    @property
    def rules(self) -> dict[IncidentKind, Rule]:
        return {**RULES, **{kind: Rule(**rule.model_dump()) for kind, rule in self.confirm.items()}}


class TelephonyConfig(_Tree):
    """The exchange whose webhook is heard. token_file: the secret in its address, made at the first start.
    allow: hosts or networks that it calls from. area_code: `0773`, of numbers given without one. privacy: how
    numbers begin that mask a caller's own. agents: user by extension, or by the name that the exchange has
    for them. ringing_s, spoken_s: so long after its beginning a call is over of which no answer, or no end,
    was told."""

    token_file: Path
    allow: tuple[IPvAnyNetwork, ...] = (IPv4Network("127.0.0.1/32"), IPv6Network("::1/128"))
    area_code: str = Field(default="", pattern=r"^(0[0-9]{2,3})?$")
    privacy: tuple[str, ...] = PRIVACY_PREFIXES
    agents: dict[str, str] = {}
    ringing_s: float = Field(default=900.0, ge=10.0)
    spoken_s: float = Field(default=14_400.0, ge=60.0)


class AuditConfig(_Tree):
    """anchor: a file outside the data folder, to which the audit's end is appended every so often, where
    whoever can write the ledger cannot; None: a cut tail of the audit would not be seen."""

    anchor: Path | None = None
    every_s: float = Field(default=3600.0, gt=0)


class OrdersConfig(_Tree):
    """When a closed order is opened again instead of a new one: so many hours after its close (null: the
    default of 24; 0: never), and within so many metres."""

    reopen_h: float | None = Field(default=None, ge=0)
    reopen_m: float = Field(default=150.0, gt=0)

    @property
    def rule(self) -> ReopenRule:
        return ReopenRule(self.reopen_h, self.reopen_m)


class ForgetConfig(_Tree):
    """Days after which it is forgotten whose they were, 0 for never (`Keeping` of response.forgetting)."""

    calls: int = Field(default=730, ge=0)
    recordings: int = Field(default=180, ge=0)
    reports: int = Field(default=730, ge=0)
    letters: int = Field(default=730, ge=0)
    access: int = Field(default=1095, ge=0)


class HubFile(_Tree):
    """hub.yaml: the utility, the stores and the doors. Files are relative to the folder it stands in. tee: a
    second historian that gets every sample too; reads are answered by the first. positions: operators' desks
    and the zones each answers for; a zone that fits none is the first's. poster_font: a TrueType file with
    Chinese in it, embedded in posters; without it they name the song typeface every PDF reader has."""

    utility: UtilityConfig
    data: Path
    network: Path = Path("network.inp")
    accounts: Path | None = None
    customers: Path | None = None
    historian: Store = EmbeddedStore()
    tee: Store | None = None
    spool: SpoolConfig = SpoolConfig()
    times: TimesConfig = TimesConfig()
    archive: tuple[ArchiveConfig, ...] = ()
    photos: PhotosConfig = PhotosConfig()
    telephony: TelephonyConfig | None = None
    incidents: IncidentsConfig = IncidentsConfig()
    audit: AuditConfig = AuditConfig()
    forget: ForgetConfig = ForgetConfig()
    orders: OrdersConfig = OrdersConfig()
    shifts: ShiftsConfig = ShiftsConfig()
    report: ReportConfig = ReportConfig()
    positions: tuple[Position, ...] = Field(default=ONE_POSITION, min_length=1)
    api: ServeConfig = ServeConfig(port=8080)
    portal: PortalConfig = PortalConfig()
    poster_font: Path | None = None

    @model_validator(mode="after")
    def _each_position_once(self) -> "HubFile":
        if len({position.id for position in self.positions}) < len(self.positions):
            raise ValueError("two positions have one id")
        return self

    @model_validator(mode="after")
    def _two_historians(self) -> "HubFile":
        one, two = self.historian, self.tee
        if isinstance(one, EmbeddedStore) and isinstance(two, EmbeddedStore):
            raise ValueError("historian and tee are both the embedded store: make one of them influx")
        buckets = [
            (store.url, store.org, store.bucket) for store in (one, two) if isinstance(store, InfluxStore)
        ]
        if len(buckets) == 2 and buckets[0] == buckets[1]:
            raise ValueError("historian and tee are one bucket: give the tee its own, or leave it out")
        return self
