"""What the check before publishing says of the fire service (ON-13): not told, or sent and not confirmed."""

from collections.abc import Iterator

from core.model.fire_duty import FireDuty
from core.model.notice import QUALITY_KINDS, Notice, NoticeKind
from core.model.shanghai import moment
from core.model.text import Text

_UNTOLD = Text("尚未告知消防部门", "the fire service was not told yet")
_PLANNED_UNTOLD = Text(
    "尚未告知消防部门此时间和范围：批准后由系统告知，或电话告知后记录",
    "the fire service was not told of this time and place: the hub tells it once this is approved, or "
    "telephone it and press so",
)


def fire_told(notice: Notice, told: FireDuty | None) -> Iterator[tuple[str, Text, bool]]:
    """A finding by name, why, and whether it forbids publishing: only planned work waits until they were
    told. told: what they are told of the same hydrants and times."""
    if notice.kind in QUALITY_KINDS or not notice.hydrants:
        return
    told_ns = notice.fire_told_ns if told is None else told.told_ns
    planned = notice.kind is NoticeKind.PLANNED_OUTAGE
    if told_ns is None:
        yield "fire_untold", _PLANNED_UNTOLD if planned else _UNTOLD, planned
    elif told is not None and not told.confirmed:
        at = moment(told_ns)
        why = Text(
            f"消防部门：{at.zh}已发送，等待消防确认",
            f"sent to the fire service {at.en}, which has not confirmed it yet",
        )
        yield "fire_unconfirmed", why, False
