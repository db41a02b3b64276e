"""The report of a major outage to the supervising authority: cause, scope and estimate, in draft (WO-34)."""

from dataclasses import replace

from core.model.account import User
from core.model.incident import Incident
from core.model.notice import Notice
from core.model.outage import AuthorityReport, Outage, ReportState
from core.model.plant import Plant
from core.model.shanghai import moment
from core.model.text import Text, counted, listed, stacked
from core.model.usage import FailureMode
from core.ports.ledger import Tx
from response.clocks.spec import ReportRules
from response.failure_words import MODES
from response.refused import Refused, Unknown

MANY, LONG, LARGE_MAIN = "many_connections", "long_outage", "large_main"
_S = 1_000_000_000


def reasons(
    rules: ReportRules, outage: Outage, notice: Notice | None, diameter_mm: float, now_ns: int
) -> tuple[str, ...]:
    """Why it must be told; none for a small one. An outage is long when it lasts, or is expected to last; one
    that is off again counts from then."""
    latest_ns = notice.eta_latest_ns if notice and notice.eta_latest_ns else None
    ends_ns = outage.restored_ns or max(latest_ns or 0, now_ns)
    since_ns = (outage.off_ns or ends_ns) if outage.earlier else outage.started_ns
    found = (
        (MANY, outage.no_water >= rules.connections),
        (LONG, outage.no_water > 0 and ends_ns - since_ns >= rules.outage * _S),
        (LARGE_MAIN, outage.no_water > 0 and diameter_mm >= rules.diameter_mm),
    )
    return tuple(name for name, holds in found if holds)


def draft(
    plant: Plant,
    rules: ReportRules,
    incident: Incident,
    outage: Outage,
    notice: Notice | None,
    diameter_mm: float,
    why: tuple[str, ...],
    now_ns: int,
) -> AuthorityReport:
    """From the record alone; what is not known is said to be unknown."""
    zone = plant.zones.get(outage.zone or "")
    where = zone.name if zone else Text("供水区域", "the supply area")
    since = moment(outage.started_ns)
    lines = [
        Text(f"事件：{incident.title.zh}（{incident.id}）", f"Event: {incident.title.en} ({incident.id})"),
        Text(f"发生时间：{since.zh}", f"Since: {since.en}"),
        _scope(where, outage, notice),
        _cause(outage, diameter_mm),
        _estimate(outage, notice),
    ]
    return AuthorityReport(
        id=incident.id,
        state=ReportState.DRAFT,
        reasons=why,
        made_ns=now_ns,
        due_ns=now_ns + rules.within * _S,
        title=Text(f"较大停水事件报告：{where.zh}", f"Report of a major outage: {where.en}"),
        body=stacked(lines),
        zone=outage.zone,
    )


def _scope(where: Text, outage: Outage, notice: Notice | None) -> Text:
    may = Text("", "") if outage.off_ns is not None else Text("可能", "maybe ")
    named = listed(dict.fromkeys(extent.name for extent in notice.streets) if notice else ())
    zh, en = named.zh, named.en
    return Text(
        f"影响范围：{where.zh}{f'（{zh}）' if zh else ''}，"
        f"{may.zh}停水 {counted(outage.no_water)} 户，{may.zh}降压 {counted(outage.low_pressure)} 户",
        f"Scope: {where.en}{f' ({en})' if en else ''}; "
        f"{may.en}{counted(outage.no_water)} connections without water, "
        f"{may.en}{counted(outage.low_pressure)} with low pressure",
    )


def _cause(outage: Outage, diameter_mm: float) -> Text:
    known = outage.cause != outage.kind
    size = f" DN{diameter_mm:.0f}" if diameter_mm else ""
    cause = MODES[FailureMode(outage.cause)] if known else Text("调查中", "under investigation")
    return Text(f"原因：{cause.zh}{size}", f"Cause: {cause.en}{size}")


def _estimate(outage: Outage, notice: Notice | None) -> Text:
    if outage.restored_ns is not None:
        back = moment(outage.restored_ns)
        return Text(f"已恢复供水：{back.zh}", f"Water was back: {back.en}")
    if notice is None or notice.eta_earliest_ns is None or notice.eta_latest_ns is None:
        return Text("预计恢复：尚不能确定", "Estimate: not known yet")
    early, late = moment(notice.eta_earliest_ns), moment(notice.eta_latest_ns)
    return Text(f"预计恢复：{early.zh} 至 {late.zh}", f"Estimate: {early.en} to {late.en}")


async def decided(
    tx: Tx,
    id: str,
    state: ReportState,
    actor: User,
    now_ns: int,
    *,
    number: str | None = None,
    note: str | None = None,
) -> AuthorityReport:
    """Filed, with the authority's receipt, or declined, with a reason: then it follows the facts no more."""
    standing = await tx.get(AuthorityReport, id)
    if standing is None:
        raise Unknown("no_such_report", Text(f"没有报告 {id}", f"there is no report {id}"))
    if standing.state is not ReportState.DRAFT:
        raise Refused("report_decided", Text("该报告已处理", "that report was decided on"))
    if state is ReportState.FILED and not number:
        raise Refused("number_required", Text("请填写报送回执编号", "give the authority's receipt"))
    if state is ReportState.DECLINED and not note:
        raise Refused("note_required", Text("请填写不报送的原因", "say why it need not be told"))
    after = replace(
        standing,
        state=state,
        decided_by=actor.id,
        decided_ns=now_ns,
        number=number,
        note=note,
        seq=standing.seq + 1,
    )
    await tx.put(after)
    return after
