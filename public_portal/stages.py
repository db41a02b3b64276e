"""How far a published matter has come: its stages, those reached and those that may come."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.model.shanghai import moment
from core.model.snapshot import PublicNotice
from core.model.text import Lang, Text
from public_portal import words

BLIND = frozenset({"boil", "do_not_drink", "do_not_use"})
"""What they warn of no on-line instrument sees: readings as usual say nothing of it."""
_CHECKED = frozenset({"water_quality", "discoloured"})
"""Kinds whose water is sampled, not a pipe repaired."""
_OF_A_REPAIR = frozenset({"located", "isolated", "repairing", "to_open", "opening", "refilling"})
_OF_VALVES = frozenset({"isolated", "to_open", "opening", "refilling"})


@dataclass(frozen=True, slots=True)
class StageView:
    name: str
    at: str | None
    phase: str
    """done | current | to_come."""


def _reached(notice: PublicNotice, now_ns: int) -> dict[str, int]:
    """Planned work is announced and begins when it was said to; no crew looks for it. Advice about health is
    in force since it was told."""
    reached = dict(_rounds(notice)[-1])
    told_ns = min((version.sent_ns for version in notice.versions), default=notice.published_ns)
    if notice.kind in BLIND:
        return {"reported": told_ns} | {name: at_ns for name, at_ns in reached.items() if name == "restored"}
    if notice.kind != "planned_outage":
        return reached
    planned = {"announced": told_ns}
    if notice.starts_ns <= now_ns:
        planned["off"] = notice.starts_ns
    return planned | {name: at_ns for name, at_ns in reached.items() if name == "restored"}


def _names(notice: PublicNotice) -> Mapping[str, Text]:
    if notice.kind == "planned_outage":
        return words.PLANNED_STAGES
    if notice.kind in BLIND:
        return words.ADVICE_STAGES
    if notice.kind in _CHECKED:
        return words.QUALITY_STAGES
    if notice.doubt and notice.over:
        return words.LOW_IN_DOUBT_STAGES if notice.supply == "low" else words.IN_DOUBT_STAGES
    return words.LOW_STAGES if _stays_on(notice) else words.STAGES


def _stays_on(notice: PublicNotice) -> bool:
    """By what was published, or by what the crew has recorded since."""
    return notice.supply == "low" or notice.under_pressure


def _not_to_come(notice: PublicNotice, reached: Mapping[str, int]) -> frozenset[str]:
    """That nothing is found, or that valves wait to be opened, is told once it is so; no repair follows
    nothing. Where water stays on no valve is opened and no main filled."""
    if "nothing_found" in reached:
        return _OF_A_REPAIR
    return frozenset({"nothing_found", "to_open"}) | (_OF_VALVES if _stays_on(notice) else frozenset())


def _rounds(notice: PublicNotice) -> list[list[tuple[str, int]]]:
    """Each later one begins with when the work was begun again."""
    found: list[list[tuple[str, int]]] = [[]]
    for stage, at_ns in notice.progress:
        if stage == "again":
            found.append([])
        found[-1].append((stage, at_ns))
    return found


def _before(notice: PublicNotice, lang: Lang) -> list[StageView]:
    """Of the earlier rounds, as they were shown."""
    names = {"again": words.AGAIN} | words.STAGES | dict(_names(notice))
    past = [one for said in _rounds(notice)[:-1] for one in said if one[0] in names]
    return [StageView(names[stage].in_(lang), moment(at_ns).in_(lang), "done") for stage, at_ns in past]


def stages_of(notice: PublicNotice, now_ns: int, lang: Lang) -> list[StageView]:
    """Those that were reached and those that may come; what was passed over nobody recorded. Of work that was
    begun again what was shown before stands first, then that it was."""
    before = _before(notice, lang)
    names, reached = _names(notice), _reached(notice, now_ns)
    if before:
        names = {"again": words.AGAIN} | {name: text for name, text in names.items() if name != "reported"}
    order = [stage for stage in names if stage in reached or stage not in _not_to_come(notice, reached)]
    last = max((order.index(stage) for stage in reached if stage in order), default=0)
    skipped = {stage for n, stage in enumerate(order) if 0 < n < last and stage not in reached}
    order = [stage for stage in order if stage not in skipped]
    last -= len(skipped)
    return before + [
        StageView(
            names[stage].in_(lang),
            moment(reached[stage]).in_(lang) if stage in reached else None,
            "done"
            if n < last or (stage == "restored" and n == last)
            else "current"
            if n == last
            else "to_come",
        )
        for n, stage in enumerate(order)
    ]
