"""Notes beside trends: written, and withdrawn; never edited."""

from collections.abc import Iterable
from dataclasses import replace

from core.model.annotation import Annotation
from core.model.event import Event, EventKind
from core.model.text import Text
from core.ports.ledger import Tx
from response.refused import Refused

PREFIX = "ANN"
LONGEST_NS = 31 * 86_400 * 1_000_000_000
"""A longer one could not be found by the time it begins at."""
MOST_TAGS = 8


async def annotate(
    tx: Tx, tags: tuple[str, ...], start_ns: int, end_ns: int, note: str, author: str, now_ns: int
) -> Annotation:
    """Raises Refused: `future`, `backwards` or `too_long`."""
    if start_ns > now_ns:
        raise Refused("future", Text("开始时间尚未到来", "it begins in the future"))
    if end_ns < start_ns:
        raise Refused("backwards", Text("结束早于开始", "it ends before it begins"))
    if end_ns - start_ns > LONGEST_NS:
        raise Refused("too_long", Text("最长 31 天", "31 days at most"))
    made = Annotation(
        id=await tx.next_id(PREFIX, now_ns),
        tags=tags,
        start_ns=start_ns,
        end_ns=end_ns,
        note=note,
        author=author,
        at_ns=now_ns,
    )
    await _publish(tx, made, now_ns)
    return made


async def withdraw(tx: Tx, one: Annotation, by: str, now_ns: int) -> Annotation:
    """It stands on, and says who withdrew it. Raises Refused `withdrawn` when it is already."""
    if not one.standing:
        raise Refused("withdrawn", Text("该标注已撤回", "it is withdrawn already"))
    gone = replace(one, standing=False, withdrawn_ns=now_ns, withdrawn_by=by)
    await _publish(tx, gone, now_ns)
    return gone


async def between(
    tx: Tx, tags: Iterable[str], start_ns: int, end_ns: int, limit: int, *, withdrawn: bool = False
) -> list[Annotation]:
    """Those of any of these tags that touch the span, by their beginning; the latest `limit`."""
    asked = {} if withdrawn else {"standing": True}
    found = await tx.within(Annotation, "start_ns", max(0, start_ns - LONGEST_NS), end_ns, **asked)
    wanted = set(tags)
    return [one for one in found if one.end_ns >= start_ns and wanted & set(one.tags)][-limit:]


async def _publish(tx: Tx, one: Annotation, now_ns: int) -> None:
    await tx.put(one)
    data = {"tags": list(one.tags), "standing": one.standing}
    await tx.emit(Event(kind=EventKind.ANNOTATION, subject=one.id, t_ns=now_ns, data=data))
