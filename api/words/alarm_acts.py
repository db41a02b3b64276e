"""Why an act on an alarm was not obeyed, by the names that the table of states gives."""

from core.model.text import Text

WORDS = {
    "alarm.refused.stale": Text(
        "报警已变化，或已处于该状态：请看最新状态后再操作。",
        "The alarm has changed since you saw it, or is so already: look again.",
    ),
    "alarm.refused.reason": Text(
        "请写明原因（至少 10 个字符）。", "Give a reason of at least 10 characters."
    ),
    "alarm.refused.too_long": Text(
        "搁置时间超出该优先级的上限（1 级 1 小时，2 级 4 小时，3、4 级 12 小时），或已过期。",
        "The shelf ends in the past, or beyond the limit of the alarm's priority (1: an hour, 2: four, "
        "3 and 4: twelve).",
    ),
    "alarm.refused.highly_managed": Text(
        "此报警属于重点管理，不可搁置。", "This alarm is highly managed: it is never shelved."
    ),
    "alarm.refused.supervisor": Text(
        "已连续搁置多次：须由值班长搁置。",
        "It has been shelved again and again: a duty manager may shelve it once more.",
    ),
    "alarm.refused.active": Text(
        "报警条件仍成立，不能复位。", "Its condition still holds: it cannot be reset."
    ),
    "alarm.refused.acknowledge_first": Text("请先确认，再复位。", "Acknowledge it first, then reset it."),
    "alarm.refused.quality": Text(
        "仪表数据不可信，不能据此复位。", "Its instrument cannot be believed now: it cannot be reset on that."
    ),
    "alarm.refused.permit": Text(
        "请填写许可编号（工作票或工单）。", "Name the permit: the number of a work permit or order."
    ),
    "alarm.refused.second_person": Text(
        "须由另一人批准；只有提出人可以撤回。", "Another person decides; only the author withdraws."
    ),
    "alarm.refused.nothing": Text(
        "与已批准的内容相同，没有改动。", "It is approved as it is: nothing would change."
    ),
    "alarm.refused.priority": Text(
        "优先级不能直接填写，由矩阵按后果等级和处置时限得出：请改这两项，或留空。",
        "A priority is never typed: it follows from consequence level and time to respond by the matrix. "
        "Change these, or leave it empty.",
    ),
    "alarm.refused.waiting": Text(
        "另一份待批改动涉及同一行：请先处理它。",
        "Another proposal that waits changes the same row: decide that one first.",
    ),
}
