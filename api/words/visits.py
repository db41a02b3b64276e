"""Words of the appointment windows (WO-18)."""

from core.model.text import Text

WORDS = {
    "visit.agreed": Text("预约上门", "Visit agreed for"),
    "visit.title": Text("预约上门", "Visit"),
    "visit.none": Text("没有预约上门时间", "No visit is agreed"),
    "visit.slot": Text("上门时段", "Window"),
    "visit.any": Text("不预约", "none"),
    "visit.left": Text("余 {n}", "{n} left"),
    "visit.full": Text("已约满", "full"),
    "visit.book": Text("预约", "Book"),
    "visit.move": Text("改约", "Move"),
    "visit.cancel": Text("取消预约", "Cancel the visit"),
    "visit.reason": Text("原因", "Reason"),
}
