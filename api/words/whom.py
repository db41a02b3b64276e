"""How many a matter leaves without water, on every screen that says it."""

from core.model.text import Text

WORDS = {
    "whom.head": Text("受影响户", "Connections affected"),
    "whom.head_back": Text("曾受影响户", "Connections that were affected"),
    "whom.all": Text("{n} 户", "{n} connections"),
    "whom.off": Text("停水 {n} 户", "{n} without water"),
    "whom.may_be_off": Text("可能停水 {n} 户", "{n} may be without water"),
    "whom.weak": Text("水压偏低 {n} 户", "{n} with low pressure"),
    "whom.also_weak": Text("另有 {n} 户水压偏低", "{n} more with low pressure"),
    "whom.and": Text("，", ", "),
}
