"""A month of laboratory results as a page shows it, in one language."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.model.item_words import named, place_of
from core.model.laboratory import Judged, LabMonth, LabResult
from core.model.limits import RESIDUALS, AppliedLimit, SampleType
from core.model.text import Lang, Text
from public_portal import words
from public_portal.laboratory_words import GROUPS
from public_portal.limit_views import figures, number
from public_portal.phrases import phrases

RESIDUAL = "residual"
SEVEN = ("turbidity", "color", "odor_taste", RESIDUAL, "hpc", "total_coliform", "codmn")
"""Of water in the network (CJ/T 206-2005)."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """span: from the least to the most. failed: some do not comply."""

    name: str
    unit: str
    methods: str
    limit: str
    n: int
    span: str
    median: str
    complies: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    title: str
    rows: list[ItemRow]


@dataclass(frozen=True, slots=True)
class LabView:
    month: str
    said: str
    groups: list[Group]
    failed: list[str]
    rates: list[str]
    reports: list[str]
    marked: bool


def lab_view(month: LabMonth, lang: Lang) -> LabView:
    verdicts = [one.complies for one in month.results if one.complies is not None]
    return LabView(
        month=month.month,
        said=_said(verdicts, lang),
        groups=[group for kind in GROUPS if (group := _group(month, kind, lang)).rows],
        failed=[_failed(month, one, lang) for one in month.results if one.complies is False],
        rates=_rates(month.results, lang),
        reports=_reports(month, lang),
        marked=any(limit.unverified for limit in month.limits),
    )


def _said(verdicts: Sequence[bool], lang: Lang) -> str:
    t, n, passed = phrases(lang), len(verdicts), sum(verdicts)
    said = t["lab_no_verdict"] if not n else t["lab_all"] if passed == n else t["lab_some"]
    return said.format(n=n, p=passed, f=n - passed)


def _in(one: Judged) -> SampleType:
    """Water at the tap is told with that in the mains."""
    return SampleType.PLANT if one.result.kind is SampleType.PLANT else SampleType.NETWORK


def _group(month: LabMonth, kind: SampleType, lang: Lang) -> Group:
    rows: dict[tuple[str, str, int | None], list[Judged]] = {}
    for one in month.results:
        if _in(one) is kind:
            rows.setdefault((one.result.item, one.result.unit, one.limit), []).append(one)
    keys = sorted(rows, key=lambda key: (place_of(key[0]), key[1], key[2] or 0))
    made = [_row(rows[key], key, None if key[2] is None else month.limits[key[2]], lang) for key in keys]
    return Group(kind.value, GROUPS[kind].in_(lang), made)


def _row(
    own: Sequence[Judged], key: tuple[str, str, int | None], limit: AppliedLimit | None, lang: Lang
) -> ItemRow:
    t, (item, unit, _) = phrases(lang), key
    verdicts = [one.complies for one in own if one.complies is not None]
    span, median = _figures([one.result for one in own], lang)
    methods = _listed(dict.fromkeys(one.result.method for one in own), lang)
    return ItemRow(
        name=_name(item, lang),
        unit=words.UNITS.get(unit, Text(unit, unit)).in_(lang),
        methods=t["lab_methods"].format(methods=methods),
        limit=(figures(limit, lang) or "–") + ("*" if limit and limit.unverified else ""),
        n=len(own),
        span=span,
        median=median,
        complies=t["lab_share"].format(p=sum(verdicts), n=len(verdicts)) if verdicts else "–",
        failed=False in verdicts,
    )


def _figures(results: Sequence[LabResult], lang: Lang) -> tuple[str, str]:
    """Least to most, and the median. Below its limit of detection a value counts as half of that, and is
    shown as below it."""
    t = phrases(lang)
    measured = sorted((one for one in results if one.found is None), key=_half)
    if not measured:
        found = sum(bool(one.found) for one in results)
        return (t["lab_found_n"].format(n=found) if found else t["lab_not_found"]), "–"
    least, most = value_of(measured[0], lang), value_of(measured[-1], lang)
    return least if least == most else f"{least} – {most}", _median(measured, lang)


def _median(ascending: Sequence[LabResult], lang: Lang) -> str:
    """Below the higher limit of detection where both in the middle are below theirs."""
    low, high = ascending[(len(ascending) - 1) // 2], ascending[len(ascending) // 2]
    if low is high or (low.value is None and high.value is None):
        return value_of(high, lang)
    return number(float(f"{(_half(low) + _half(high)) / 2:.4g}"))


def _half(one: LabResult) -> float:
    return (one.lod or 0.0) / 2 if one.value is None else one.value


def value_of(one: LabResult, lang: Lang) -> str:
    """`0.21`, `<0.01`, not found."""
    t = phrases(lang)
    if one.found is not None:
        return t["lab_found"] if one.found else t["lab_not_found"]
    return f"<{number(one.lod or 0.0)}" if one.value is None else number(one.value)


def _failed(month: LabMonth, one: Judged, lang: Lang) -> str:
    result, limit = one.result, None if one.limit is None else month.limits[one.limit]
    unit = words.UNITS.get(result.unit, Text(result.unit, result.unit)).in_(lang)
    value = value_of(result, lang)
    return phrases(lang)["lab_failed_line"].format(
        day=result.sampled,
        place=_place(month, result.zone, lang),
        item=_name(result.item, lang),
        value=value if result.found is not None else f"{value} {unit}".strip(),
        limit=figures(limit, lang),
        report=result.report,
    )


def _rates(results: Iterable[Judged], lang: Lang) -> list[str]:
    """None unless each of the seven was looked for."""
    of: dict[str, list[bool]] = {}
    for one in results:
        if one.complies is not None:
            item = RESIDUAL if one.result.item in RESIDUALS.values() else one.result.item
            seven = _in(one) is SampleType.NETWORK and item in SEVEN
            of.setdefault(item if seven else "", []).append(one.complies)
    if not all(item in of for item in SEVEN):
        return []
    rate = {item: sum(verdicts) / len(verdicts) for item, verdicts in of.items()}
    total, t = sum(rate[item] for item in SEVEN), phrases(lang)
    made = [t["lab_seven"].format(rate=_percent(total / len(SEVEN)))]
    if "" in rate:
        made.append(t["lab_composite"].format(rate=_percent((total + rate[""]) / (len(SEVEN) + 1))))
    return made


def _percent(share: float) -> str:
    """Never rounded up: 100 is all of them."""
    return f"{math.floor(share * 10_000 + 1e-6) / 100:.2f}"


def _reports(month: LabMonth, lang: Lang) -> list[str]:
    made: dict[tuple[str, str], list[LabResult]] = {}
    for one in month.results:
        made.setdefault((one.result.report, one.result.laboratory), []).append(one.result)
    return [_report(month, report, laboratory, own, lang) for (report, laboratory), own in made.items()]


def _report(month: LabMonth, report: str, laboratory: str, own: Sequence[LabResult], lang: Lang) -> str:
    days = sorted({one.sampled for one in own})
    return phrases(lang)["lab_report_line"].format(
        report=report,
        laboratory=laboratory,
        days=days[0]
        if len(days) == 1
        else ("{}至{}" if lang == "zh" else "{} to {}").format(days[0], days[-1]),
        n=len({one.sample for one in own}),
        places=_listed(dict.fromkeys(_place(month, one.zone, lang) for one in own), lang),
    )


def _listed(names: Iterable[str], lang: Lang) -> str:
    return ("、" if lang == "zh" else ", ").join(names)


def _place(month: LabMonth, zone: str, lang: Lang) -> str:
    return month.places[zone].in_(lang) if zone in month.places else zone


def _name(item: str, lang: Lang) -> str:
    return named(item).in_(lang)
