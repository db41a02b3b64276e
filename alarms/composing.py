"""Composite rows: which alarms each of theirs puts together.

An item of `of` is a row's id, for all its alarms in the composite's zone, a vote each; an alarm's id
(`dma-01:burst`, in which {zone} stands for the composite's own), one vote; or a list of these, together one
vote, which is cast when any of them is active. So `of: [burst, [pressure-low]], needs: all` is a burst and at
least one gauge below its limit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from alarms.conditions import Item, Row
from alarms.definitions import Rule, Watched
from alarms.wrong_row import WrongRow
from core.model.finding import FindingKind
from core.model.plant import Zone


def compose(row: Row, rows: Sequence[Row], rules: Mapping[str, Rule]) -> Rule:
    """The rule of a composite row with its members. rows: of the whole file. Raises WrongRow."""
    items = {other.id: other.of for other in rows if other.kind is FindingKind.COMPOSITE}
    if row.id in _below(row.id, items):
        raise WrongRow.of(row, "it is put together of itself", "leave one of them out of `of`", "of")
    rule = rules[row.id]
    return replace(rule, own={zone: _own(row, zone, rules) for zone in rule.watched})


def _own(row: Row, zone: str, rules: Mapping[str, Rule]) -> dict[str, Any]:
    votes: list[tuple[str, ...]] = []
    for item in row.of:
        if isinstance(item, str):
            votes += [(alarm,) for alarm in _alarms(row, item, zone, rules)]
        else:
            votes.append(tuple(alarm for one in item for alarm in _alarms(row, one, zone, rules)))
    needs = {"all": len(votes), "any": 1}.get(str(row.needs), row.needs)
    if not isinstance(needs, int) or not 1 <= needs <= len(votes):
        mend = "give a number from 1 to that, `all` or `any`"
        raise WrongRow.of(row, f"it needs {row.needs} of the {len(votes)} there are in {zone}", mend, "needs")
    return {"members": tuple(votes), "needs": needs}


def _alarms(row: Row, item: str, zone: str, rules: Mapping[str, Rule]) -> list[str]:
    """Ids of the alarms that an item names."""
    watched, _, id = item.replace("{zone}", zone).rpartition(":")
    rule = rules.get(id)
    if rule is None:
        raise WrongRow.of(row, f"there is no row {id}", "name the `id:` of another row", "of")
    if watched:
        if watched not in rule.watched:
            raise WrongRow.of(row, f"there is no alarm {watched}:{id}", "name what that row watches", "of")
        return [f"{watched}:{id}"]
    found = [f"{name}:{id}" for name, of in rule.watched.items() if _in(of, zone)]
    if not found:
        mend = "leave the zone out with `for: {without: [...]}`, or name single alarms"
        raise WrongRow.of(row, f"row {id} has no alarm in {zone}", mend, "of")
    return found


def _in(of: Watched, zone: str) -> bool:
    return of is not None and (of.id if isinstance(of, Zone) else of.zone) == zone


def _below(id: str, items: Mapping[str, tuple[Item, ...]]) -> set[str]:
    """Ids of all rows that a composite row rests on."""
    found: set[str] = set()
    waiting = [id]
    while waiting:
        for item in items.get(waiting.pop(), ()):
            for one in (item,) if isinstance(item, str) else item:
                row = one.rpartition(":")[2]
                if row not in found:
                    found.add(row)
                    waiting.append(row)
    return found
