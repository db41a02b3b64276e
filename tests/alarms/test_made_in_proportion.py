"""What an engine is made of grows with the plant, and no faster: a city's hub starts as a town's does."""

from collections.abc import ItemsView, Iterator, ValuesView
from dataclasses import replace

from alarms.engine import Engine
from bench import detection_town as town
from bench.small_plant import row_with
from core.model.alarm import AlarmDefinition
from core.model.finding import FindingKind
from core.model.tag import Tag

DISTRICTS, TIMES = 8, 8


class Looked(dict[str, Tag]):
    """Tags that count how many of them were looked at by whoever went through all."""

    count = 0

    def __iter__(self) -> Iterator[str]:
        self.count += len(self)
        return super().__iter__()

    def values(self) -> ValuesView[Tag]:  # type: ignore[override]
        self.count += len(self)
        return super().values()

    def items(self) -> ItemsView[str, Tag]:  # type: ignore[override]
        self.count += len(self)
        return super().items()


def together(district: str) -> Iterator[AlarmDefinition]:
    """Whether a station is heard, and that with what else says that a district is not well."""
    heard = row_with(f"{district}:heard", FindingKind.COMMUNICATION, zone=district)
    yield replace(heard, station=district)
    both = row_with(f"{district}:both", FindingKind.COMPOSITE, zone=district)
    of = (f"{district}:heard", f"{district}:quality", f"{district}:cross_check")
    yield replace(both, members=tuple((id,) for id in of), needs=2)


def looked_at(districts: int) -> int:
    tags = Looked(town.plant(districts).tags)
    plant = replace(town.plant(districts), tags=tags)
    names = map(town.name_of, range(districts))
    rows = [*town.rows(districts), *(row for name in names for row in together(name))]
    tags.count = 0
    Engine(plant, rows)
    return tags.count


def test_tags_looked_at_for_an_engine_grow_as_the_tags_do() -> None:
    assert looked_at(TIMES * DISTRICTS) == TIMES * looked_at(DISTRICTS) > 0
