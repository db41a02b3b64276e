"""What an agent asks, by what is known already: short, and each answer decides something."""

from dataclasses import dataclass

from core.model.text import Text
from response.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Question:
    """id: what a symptom report will call the answer."""

    id: str
    words: Text


_WHICH = Question("address", Text("请问您的用水地址是哪里？", "At which address do you use the water?"))
_TAPS = Question("all_taps", Text("家里所有水龙头都这样吗？", "Is it the same at every tap in your home?"))
_NEIGHBOURS = Question("neighbours", Text("邻居家也是这样吗？", "Is it the same at your neighbours'?"))
_SINCE = Question("since", Text("从什么时候开始的？", "Since when?"))
_LEAK = Question(
    "leak_seen",
    Text("附近路面有没有冒水或塌陷？", "Is water coming up, or the road sinking, anywhere near?"),
)
_NEED = Question(
    "special_need",
    Text("家中有没有透析病人、婴儿或行动不便的人？", "Is there anyone on dialysis, a baby, or anyone frail?"),
)
_LOOK = Question(
    "appearance", Text("水是什么颜色，有没有异味？", "What colour is the water, and does it smell?")
)
_PUMP = Question("pump_room", Text("小区的二次供水泵房正常吗？", "Is the building's own pump room working?"))

_BY_VERDICT: dict[Verdict | None, tuple[Question, ...]] = {
    None: (_WHICH,),
    Verdict.KNOWN_OUTAGE: (_NEED, _LEAK),
    Verdict.NEARBY_OUTAGE: (_TAPS, _SINCE, _LEAK, _NEED),
    Verdict.STREET_NAMED: (_TAPS, _SINCE, _LEAK, _NEED),
    Verdict.WORK_AGAIN: (_TAPS, _SINCE, _LEAK, _NEED),
    Verdict.KNOWN_LOW_PRESSURE: (_TAPS, _NEED, _LEAK),
    Verdict.LIFTED: (_LOOK, _SINCE),
    Verdict.RESTORED: (_TAPS, _NEIGHBOURS, _LOOK),
    Verdict.CALLED_OFF: (_TAPS, _NEIGHBOURS, _LOOK),
    Verdict.PLANNED_WORK: (_NEED,),
    Verdict.LOW_PRESSURE_MEASURED: (_SINCE, _TAPS, _LEAK),
    Verdict.PRESSURE_RECOVERED: (_TAPS, _NEIGHBOURS, _LOOK),
    Verdict.QUALITY_ADVISORY: (_LOOK, _SINCE, _NEED),
    Verdict.NOTHING_KNOWN: (_TAPS, _NEIGHBOURS, _SINCE, _PUMP, _LEAK),
}


def questions(verdict: Verdict | None) -> tuple[Question, ...]:
    return _BY_VERDICT[verdict]
