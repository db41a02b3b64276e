"""What of a row of the master alarm database is for people: why the alarm is there, what to do, who answers.

ISA-18.2 (2016) clause 9 and IEC 62682 call it rationalisation. All of it is mandatory. People are named by
their position, never by name: positions outlast persons, and the file may be printed.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

from core.model.account import Role
from core.model.ids import valid_id
from core.model.text import Text

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")


def _one_line(text: str) -> str:
    """What stands as it is in YAML, in CSV and in a spreadsheet. Raises ValueError."""
    if _CONTROL.search(text):
        raise ValueError("one line, without control characters")
    if text.startswith(("=", "+", "-", "@")):
        raise ValueError("begin with another character than = + - @: a spreadsheet would compute it")
    if "${" in text:
        raise ValueError("without ${: YAML files take that from the environment")
    return text


def _day(value: Any) -> Any:
    """A spreadsheet writes 2026/11/2 where 2026-11-02 was. Raises ValueError."""
    if isinstance(value, date):
        return value
    found = _DAY.fullmatch(str(value).strip())
    if found is None:
        raise ValueError("write the day as 2026-11-02")
    year, month, day = map(int, found.groups())
    return date(year, month, day)


def _row_id(id: str) -> str:
    if not valid_id(id) or ":" in id:
        raise ValueError(f"{id!r} is not an identifier (letters, digits, . _ -)")
    return id


RowId = Annotated[str, AfterValidator(_row_id)]
"""Of a row of alarms.yaml: an alarm's id is what it watches, a colon and this."""
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500), AfterValidator(_one_line)
]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
OWN = "own"
"""For `unit` and `area`: each tag's own unit, each tag's own zone."""
_NO_ANSWER = {
    "zh": frozenset({"确认", "确认报警", "确认告警", "应答", "复位", "无", "不处理", "知悉", "待定"}),
    "en": frozenset({"acknowledge", "ack", "acknowledge alarm", "reset", "none", "nothing", "n/a", "tbd"}),
}


class Words(BaseModel):
    """A sentence in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: Line
    en: Line

    def text(self) -> Text:
        return Text(self.zh, self.en)


def _listed(value: Any) -> Any:
    """One of what may be several, as it is written most often."""
    return (value,) if isinstance(value, str | dict | Words | Role) else value


Several = BeforeValidator(_listed)


class Rationale(BaseModel):
    """Part of `alarms.spec.AlarmRow`.

    confirm_action: how the operator sees that it is true, before acting. owner_role: who answers. area: a
    zone's id, or `own`. group: of one cause, for first-out. escalation_policy: who is told when nobody
    answers. display_link: the screen to look at, where {tag} and {zone} stand for the alarm's own;
    procedure_link: the written procedure, an address or a document number. test_interval_d: days between two
    proofs that it still works. rev: counts the row's revisions. rationale: why it is worth a call, and why
    with these figures.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)
    cause: Annotated[tuple[Words, ...], Several, Field(min_length=1)]
    consequence: Words
    action: Words
    confirm_action: Words
    owner_role: Role
    area: Line
    latching: bool
    ack_required: bool
    shelve_max_min: float = Field(ge=0, le=720)
    suppression_rules: tuple[Name, ...] = ()
    group: Line | None = None
    escalation_policy: Line
    display_link: Line
    procedure_link: Line
    test_interval_d: int = Field(ge=1, le=3660)
    rationalised_by: Annotated[tuple[Role, ...], Several, Field(min_length=1)]
    rationalised_on: Annotated[date, BeforeValidator(_day)]
    approved_by: Role
    rev: int = Field(ge=1)
    rationale: Words

    @field_validator("action")
    @classmethod
    def _action(cls, action: Words) -> Words:
        for language, said in (("zh", action.zh), ("en", action.en)):
            plain = said.strip(" .。!！").lower().replace(" the ", " ")
            if plain in _NO_ANSWER[language]:
                raise ValueError(
                    f"{said!r} is not a response: say what the operator does, or it is an event, not an alarm"
                )
        return action

    def causes(self) -> Text:
        """All of them in one sentence."""
        return Text("；".join(one.zh for one in self.cause), "; ".join(one.en for one in self.cause))


DEFAULTABLE = frozenset(
    {
        "owner_role",
        "area",
        "latching",
        "ack_required",
        "shelve_max_min",
        "escalation_policy",
        "display_link",
        "procedure_link",
        "test_interval_d",
        "rationalised_by",
        "rationalised_on",
        "approved_by",
        "rev",
        "on_delay_s",
        "off_delay_s",
    }
)
"""What alarms.yaml may state once for all rows, under `defaults:`. The rest is each row's own."""


def with_defaults(value: Any) -> Any:
    """alarms.yaml with its defaults in the rows that leave them out. Raises ValueError."""
    if not isinstance(value, dict) or not isinstance(value.get("defaults"), dict):
        return value
    defaults, rows = value["defaults"], value.get("alarms")
    if own := sorted(set(defaults) - DEFAULTABLE):
        raise ValueError(f"defaults cannot have `{own[0]}`: state it in each row")
    if not isinstance(rows, list | tuple):
        return value
    return {**value, "alarms": [{**defaults, **row} if isinstance(row, dict) else row for row in rows]}
