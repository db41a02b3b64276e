"""Planned work that is called off once it has begun: where water is off it comes back; of work that had not
begun nothing says so."""

from core.model.bulletin import Bulletin, Supply
from core.model.text import Lang, Text


def returning(b: Bulletin) -> Text | None:
    """A clause; None of everything else."""
    if not b.cut_short:
        return None
    if b.supply is Supply.LOW:
        return Text("水压正在恢复正常", "pressure is coming back to normal")
    return Text("已停水的正在恢复供水", "water is coming back")


def brief(b: Bulletin) -> Text:
    """With that it is called off, in at most 20 characters, what a gateway's variable holds."""
    if b.supply is Supply.LOW:
        return Text("已取消，水压正在恢复", "ended, back to usual")
    return Text("已取消，正在恢复供水", "ended, water returns")


def off(b: Bulletin, said: str, lang: Lang) -> str:
    """said: that it is called off."""
    clause = returning(b)
    if clause is None:
        return said
    return f"{said}，{clause.zh}" if lang == "zh" else f"{said}; {clause.en}"
