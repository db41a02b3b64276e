"""How many a matter leaves without water, on every screen that says it."""

from core.model.text import Text

WORDS = {
    "whom.head": Text("受影响户", "Connections affected"),
    "whom.head_back": Text("曾受影响户", "Connections that were affected"),
    "whom.head_told": Text("受影响户（公告第 {n} 版）", "Connections affected (notice, version {n})"),
    "whom.head_reckoned": Text("系统推算（未公告）", "As the hub reckons (not published)"),
    "whom.told": Text("公告第 {n} 版：{whom}", "Notice, version {n}: {whom}"),
    "whom.reckoned": Text("系统推算：{whom}", "The hub reckons: {whom}"),
    "whom.all": Text("{n} 户", "{n} connections"),
    "whom.off": Text("停水 {n} 户", "{n} without water"),
    "whom.may_be_off": Text("可能停水 {n} 户", "{n} may be without water"),
    "whom.weak": Text("水压偏低 {n} 户", "{n} with low pressure"),
    "whom.also_weak": Text("另有 {n} 户水压偏低", "{n} more with low pressure"),
    "whom.was_off": Text("原停水 {n} 户", "{n} were without water"),
    "whom.was_may_be_off": Text("原可能停水 {n} 户", "{n} may have been without water"),
    "whom.was_doubtful": Text("原水质受影响 {n} 户", "{n} had doubtful water"),
    "whom.was_weak": Text("原水压偏低 {n} 户", "{n} had low pressure"),
    "whom.was_also_weak": Text("另有 {n} 户原水压偏低", "{n} more had low pressure"),
    "whom.and": Text("，", ", "),
}
