"""What came of a call-back, as notes and screens say it."""

from collections.abc import Iterable, Mapping

from core.model.callback import Callback, CallbackOutcome
from core.model.text import Text, listed

OUTCOMES: Mapping[CallbackOutcome, Text] = {
    CallbackOutcome.ANSWERED: Text("已评价", "answered"),
    CallbackOutcome.UNRESOLVED: Text("未解决，重新打开", "unresolved: opened again"),
    CallbackOutcome.UNREACHABLE: Text("联系不上", "unreachable"),
    CallbackOutcome.REFUSED: Text("不愿评价", "refused"),
}


def outcomes(done: Iterable[Callback]) -> Text:
    """All of an order's in one line, each with its mark; those without an outcome are left out."""
    return listed(_outcome(one.outcome, one.mark) for one in done if one.outcome is not None)


def _outcome(outcome: CallbackOutcome, mark: int | None) -> Text:
    said = OUTCOMES[outcome]
    return said if mark is None else Text(f"{said.zh} {mark} 分", f"{said.en}: {mark} of 5")
