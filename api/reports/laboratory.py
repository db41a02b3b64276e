"""What the laboratory found in samples of a period, and how much of it complies (WQ-01)."""

from collections.abc import Iterable

from api.reports.period import Period
from api.reports.sheet import Cell, Section, percent
from core.model.item_words import named, place_of
from core.model.laboratory import LabResult
from core.model.plant import Plant
from core.model.text import Text
from core.ports.ledger import Tx


async def results_of(tx: Tx, period: Period) -> list[LabResult]:
    """Of the samples that were taken in it."""
    return [one for one in await tx.find(LabResult, month=period.month) if period.has(one.sampled)]


def laboratory(plant: Plant, results: Iterable[LabResult]) -> Section:
    """A row an item, and all of them; the public page judges by the same limits."""
    verdicts: dict[str, list[bool | None]] = {}
    for one in results:
        verdicts.setdefault(one.item, []).append(plant.verdict_of(one))
    items = sorted(verdicts, key=lambda item: (place_of(item), item))
    rows = [_row(named(item), verdicts[item]) for item in items]
    if rows:
        rows.append(_row(Text("合计", "All"), [one for item in items for one in verdicts[item]]))
    return Section(
        id="laboratory",
        title=Text("化验结果", "Laboratory results"),
        note=Text(
            "按采样日列入，逐项与当日执行的限值比较；未检出而检出限高于限值的、没有限值的不作判定。"
            "合格率为合格项次占已判定项次。",
            "By the day of sampling, each against the limit in force on that day. Nothing is said of what "
            "has no limit, nor below a limit of detection that is beyond the limit. The rate is what "
            "complies of what was judged.",
        ),
        heads=(
            Text("指标", "Item"),
            Text("结果数", "Results"),
            Text("已判定", "Judged"),
            Text("合格", "Comply"),
            Text("合格率 %", "Comply, %"),
        ),
        rows=tuple(rows),
        none=Text("本期没有录入化验结果", "no laboratory results of this period were taken in"),
    )


def _row(name: Text, verdicts: list[bool | None]) -> tuple[Cell, ...]:
    judged = [one for one in verdicts if one is not None]
    return name, len(verdicts), len(judged), sum(judged), percent(sum(judged), len(judged))
