"""What is said of an incident: which alarm came first, what each is a sign of, what the hub did by itself."""

from core.model.text import Text

WORDS = {
    "first.one": Text("首发：{what}", "First out: {what}"),
    "first.set": Text(
        "首发：{what}（时钟相差在 {s} 秒内，分不出先后）", "First out: {what} (clocks agree within {s} s)"
    ),
    "desk.same_as": Text("与此单同一事件", "Same matter as"),
    "first.or": Text(" 或 ", " or "),
    "first.more": Text("另外 {n} 个", "{n} more"),
}
