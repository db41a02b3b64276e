"""Reads a configuration folder whole, or says everything that is wrong with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alarms.cells import digest_of
from alarms.definitions import Definitions
from alarms.expansion import spread
from alarms.suppression import ByDesign
from alarms.suppression_spec import SuppressionRow
from collectors.intake.spec import DerivedFile, Formula
from collectors.meters.spec import MeterSpec
from collectors.modbus.spec import ModbusSpec
from collectors.mqtt.spec import MqttSpec
from collectors.opcua.spec import OpcUaSpec
from core.model.plant import Plant
from hub.archive import check_archive
from hub.config import CollectorsFile, HubFile
from hub.delivery_file import NAME as DELIVERY
from hub.delivery_file import read_delivery
from hub.derived_file import derived_formulas
from hub.devices import check_units
from hub.devices import expand as expand_devices
from hub.documents import read_document
from hub.escalation_file import NAME as ESCALATION
from hub.escalation_file import read_escalation
from hub.limits_file import check_alarmed
from hub.master_files import read_master
from hub.meters_check import check_meters
from hub.plant_files import PlantFiles, load_plant
from hub.poster_font import check_poster_font, poster_font
from hub.problems import Problem, WrongConfiguration, nearest
from hub.service_times_file import NAME as SERVICE_TIMES
from hub.service_times_file import read_service_times
from hub.yaml_lines import Document
from response.delivery.spec import DeliveryFile
from response.escalation.spec import EscalationFile
from response.service_times import CN_DEFAULT, ServiceTimes

Place = tuple[tuple[str | int, ...], str]
"""Where a tag is named, and its id."""
DEFAULT_NETWORK = HubFile.model_fields["network"].default


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration in which nothing is wrong. data and the files are absolute. digests: of the rows of the
    master alarm database, by id."""

    folder: Path
    hub: HubFile
    collectors: tuple[ModbusSpec | OpcUaSpec | MqttSpec, ...]
    plant: Plant
    definitions: Definitions
    network: Path
    formulas: tuple[Formula, ...] = ()
    meters: tuple[MeterSpec, ...] = ()
    escalation: EscalationFile | None = None
    by_design: ByDesign = field(default_factory=ByDesign)
    suppression: tuple[SuppressionRow, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    times: ServiceTimes = CN_DEFAULT
    delivery: DeliveryFile | None = None


def read(folder: Path, network: Path | None = None) -> Configuration:
    """Raises WrongConfiguration with every problem of every file. network: a model to take instead of the
    folder's own; a folder for replay has one elsewhere, and no collectors."""
    problems: list[Problem] = []
    if not folder.is_dir():
        raise WrongConfiguration(
            [Problem(folder, 0, "there is no such folder", "copy configs/demo to begin")]
        )
    if network is None and (folder / "replay.yaml").exists():
        mend = f"waterhub replay {folder} --data DIR"
        raise WrongConfiguration(
            [Problem(folder, 0, "a folder for replay only: its network is with the data", mend)]
        )
    hub_lines, hub = read_document(folder / "hub.yaml", HubFile, problems)
    lines, collectors = None, None
    if network is None:
        lines, collectors = read_document(folder / "collectors.yaml", CollectorsFile, problems)
    master = read_master(folder, problems)
    inp = network or folder / (hub.network if hub else DEFAULT_NETWORK)
    files = load_plant(folder, hub, inp, problems, own_network=network is None)
    specs = collectors.collectors if collectors else ()
    if lines:
        specs = expand_devices(lines, specs, problems)
    points = _points(lines.value) if lines else []
    if lines and files:
        _check_tags(points, lines, files, problems)
        check_units(lines, specs, files.plant.tags, problems)
        check_meters(lines, specs, collectors.meters if collectors else (), files.plant.tags, problems)
    definitions, by_design, digests = Definitions(), ByDesign(), dict[str, str]()
    if master and files:
        definitions, wrong = spread(master.spec, files.plant)
        wrong += check_alarmed(master.spec.alarms, files.plant)
        problems += [master.problem(one) for one in wrong]
        if not wrong:
            by_design = master.by_design(definitions, files.plant, problems)
            digests = {id: digest_of(cells) for id, cells in master.table().items()}
    if hub_lines and hub and files:
        check_archive(hub_lines, hub.archive, files, problems)
    if hub_lines and hub:
        check_poster_font(hub_lines, poster_font(folder, hub), problems)
    escalation = None
    if (folder / ESCALATION).exists():
        escalation = read_escalation(folder / ESCALATION, master, problems)
    plant = files.plant if files else None
    times = read_service_times(folder / SERVICE_TIMES, plant, escalation, problems)
    delivery = read_delivery(folder / DELIVERY, problems)
    read_tags = {name for _, name in points}
    formulas = _formulas(folder / "derived.yaml", files, read_tags, problems) if files else ()
    for id, n in Counter(spec.id for spec in specs).items():
        if n > 1:
            problems.append(
                Problem(folder / "collectors.yaml", 1, f"{n} collectors are called {id!r}", "name them apart")
            )
    if problems or not (hub and files):
        raise WrongConfiguration(problems)
    meters = collectors.meters if collectors else ()
    return Configuration(
        folder.resolve(),
        hub,
        specs,
        files.plant,
        definitions,
        inp.resolve(),
        formulas,
        meters,
        escalation,
        by_design,
        master.spec.suppression if master else (),
        digests,
        times,
        delivery,
    )


def _formulas(
    file: Path, files: PlantFiles, read_tags: set[str], problems: list[Problem]
) -> tuple[Formula, ...]:
    """None without the file: a plant needs no derived tags."""
    if not file.exists():
        return ()
    lines, found = read_document(file, DerivedFile, problems)
    return derived_formulas(lines, found, files, read_tags, problems) if lines and found else ()


def _check_tags(
    points: Sequence[Place], document: Document, files: PlantFiles, problems: list[Problem]
) -> None:
    """Every point names a tag that exists, and no tag is read twice."""
    read_by: Counter[str] = Counter()
    for path, name in points:
        read_by[name] += 1
        if name not in files.tag_ids:
            what = f"tag {name!r} does not exist in tags.csv"
            mend = nearest(name, files.tag_ids)
            problems.append(Problem(document.file, document.line(path), what, mend))
        elif read_by[name] == 2:
            what = f"tag {name!r} is read twice"
            problems.append(Problem(document.file, document.line(path), what, "let one connection read it"))


def _points(value: object, path: tuple[str | int, ...] = ()) -> list[Place]:
    """Every literal `tag:` of a collectors file with its path (`meter.{meter}` is not literal)."""
    if isinstance(value, dict):
        own = [((*path, "tag"), value["tag"])] if isinstance(value.get("tag"), str) else []
        own = [] if own and "{" in own[0][1] else own
        if "device" in value and isinstance(value.get("tags"), dict):
            own += [((*path, "tags", key), tag) for key, tag in value["tags"].items() if isinstance(tag, str)]
        return own + [point for key, item in value.items() for point in _points(item, (*path, key))]
    if isinstance(value, list):
        return [point for i, item in enumerate(value) for point in _points(item, (*path, i))]
    return []
