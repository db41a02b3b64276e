"""By what it is known that water is back, and for whom it was off (ON-09)."""

from dataclasses import replace

from core.model.incident import Incident
from core.model.notice import QUALITY_KINDS, Notice, NoticeKind
from core.model.text import Text
from core.ports.ledger import Tx
from response.notices.on_site import held_off
from response.notices.rules import TELEMETRY, lifted_only, not_begun
from response.notices.scope import moved
from response.notices.validation import Lack, Unfit
from response.notices.versions import Prepared
from response.site import BACK, NOTHING, SUSPECTED, Work, unproven, work_of
from response.wording import REASONS, reason_of

_SILENT = Text(
    "没有仪表看到恢复：报警结束、来电停止不等于已恢复，请写明恢复依据",
    "no instrument saw it end: that its alarm ended, or callers stopped, does not say that water is back. "
    "Say how it is known",
)
_UNTIED = Text(
    "没有遥测与此公告相关联，请写明恢复依据",
    "no signals are tied to this notice: say how it is known that it is over",
)
_STILL = Text(
    "遥测尚未恢复，请写明恢复依据", "signals have not recovered: say how it is known that water is back"
)


_AHEAD = Text(
    "计划停水尚未开始，没有可恢复的供水：不再施工的，请撤回（将通知用户停水取消）",
    "the planned cut has not begun, so that no water comes back: if it is not to be, withdraw the notice, "
    "which tells people that it is called off",
)


_LIFTED = Text(
    "水质公告已发布，不能撤回：请由水质管理员凭检验报告提出解除，再由值班长发布；内容有误的，请发布更新",
    "people were told that the water may be unfit, and that is not taken back: the quality officer proposes "
    "the all-clear with the laboratory's reference and a duty manager publishes it; of what it says wrongly, "
    "publish an update",
)


_UNSAID = Text(
    "请写明撤回原因：记入公告记录和交接班，供答复来电，不对外发布",
    "say why it is withdrawn: for the record, the handover and whoever answers callers; it is not published",
)


async def opened(tx: Tx, notice: Notice, now_ns: int) -> None:
    """Raises Unfit `not_begun` of planned work that is still ahead, and `valves_still_shut`: neither
    instruments nor a reason bring water through a shut valve."""
    if not_begun(notice, now_ns):
        raise Unfit((Lack("not_begun", _AHEAD),))
    if notice.incident is None or notice.kind in QUALITY_KINDS:
        return
    if lacking := tuple(Lack(*one) for one in held_off(await work_of(tx, notice.incident))):
        raise Unfit(lacking)


def reason(said: str) -> str:
    """Raises Unfit `reason_missing`."""
    if not said.strip():
        raise Unfit((Lack("reason_missing", _UNSAID),))
    return said.strip()


def no_advice(notice: Notice) -> None:
    """Raises Unfit `by_all_clear`: it is ended by the laboratory, not taken back."""
    if lifted_only(notice):
        raise Unfit((Lack("by_all_clear", _LIFTED),))


async def recovered(tx: Tx, notice: Notice) -> str:
    """By its incident's signals. Raises Unfit `recovery_missing` where they are not back, and of what has no
    incident, which no instrument watches: a person says how it is known."""
    incident = await tx.get(Incident, notice.incident) if notice.incident else None
    if incident is None:
        raise Unfit((Lack("recovery_missing", _UNTIED),))
    if incident.state not in BACK:
        raise Unfit((Lack("recovery_missing", _STILL),))
    if unproven(incident, await work_of(tx, incident.id)):
        raise Unfit((Lack("recovery_missing", _SILENT),))
    return TELEMETRY


def as_known(before: Prepared) -> tuple[Notice, bool]:
    """The head as its end is to speak of it: of whom the shut valves leave without water, where the hub had
    drafted that and it was never published; and whether what was drafted is taken over."""
    pending = before.pending
    if pending is None or not pending.content.parted or before.head.parted:
        return before.head, False
    there = moved(before.head, pending.content)
    return replace(there, site=pending.content.site, place=pending.content.place), True


def as_found(notice: Notice, work: Work) -> Notice:
    """What was suspected, as a crew has found it since, though no version said so; its reason too, where what
    was drafted knows of the site and was never published."""
    if notice.kind is not NoticeKind.EMERGENCY_OUTAGE or notice.site is None:
        return notice
    site = work.site if notice.site in SUSPECTED | NOTHING else notice.site
    suspected = notice.reason == REASONS[notice.kind]
    return replace(notice, site=site, reason=reason_of(notice.kind, site) if suspected else notice.reason)
