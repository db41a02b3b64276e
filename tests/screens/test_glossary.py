"""One glossary, two languages: every word that a screen asks for is there in both, and none is left over."""

import re
from pathlib import Path

import pytest

from alarms.states import TABLE, AlarmEvent
from api import assets
from api.glossary import GLOSSARY
from api.permissions import Permission
from core.model.account import Role, Segment
from core.model.activity import ActivityKind, ActivityState
from core.model.alarm import NOTIFIED, AlarmClass, State
from core.model.bulletin import Ending
from core.model.call import CallState, Outcome, Why
from core.model.callback import CallbackOutcome, CallbackReason
from core.model.duty import DutyAbout, DutyAnswer, DutyEnd, DutyState, DutyWay
from core.model.incident import IncidentKind, IncidentState
from core.model.mailing import Because, LetterState, MailingState, TryOutcome
from core.model.message import MessageKind, Trouble
from core.model.notice import Change, NoticeState, Progress
from core.model.outage import ReportState
from core.model.passing_on import RejectReason
from core.model.proposal import ProposalKind
from core.model.quality import Status
from core.model.report import Channel, Symptom
from core.model.service_clock import ClockName, PauseReason
from core.model.usage import Cause, FailureMode, Material, Work
from core.model.valve_operation import Direction, StoppedBy, Turning
from core.model.work_order import Beside, Origin, PublicMilestone, WorkOrderState
from core.model.work_order import Outcome as WorkOutcome
from response.clocks.reckoning import ClockState
from response.orders.none_opened import NoOrder
from response.orders.steps import STEPS
from response.shifts.alarms import TOLD
from response.shifts.line import Section
from response.verdict import Confidence, Verdict

API = Path(assets.__file__).parent
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder, kind in (
        ("static/js", "*.js"),
        ("templates", "*.html"),
        ("", "gate.py"),
        ("", "channel_names.py"),
        ("routes", "*.py"),
    )
    for path in sorted((API / folder).rglob(kind))
)
REFUSALS = {row.refuses for row in TABLE if row.refuses} | {
    guard.refusal for row in TABLE for guard in row.guards if guard.refusal
}
PLACE = re.compile(r"\{(\w+)\}")


def test_every_word_stands_in_both_languages_with_the_same_places() -> None:
    for key, text in GLOSSARY.items():
        assert text.zh.strip() and text.en.strip(), key
        assert sorted(PLACE.findall(text.zh)) == sorted(PLACE.findall(text.en)), key


def test_every_word_asked_for_is_there() -> None:
    asked = re.findall(r"""\bt\(\s*["']([\w.]+)["']\s*[,)]""", SOURCES)
    assert len(asked) > 100
    assert [key for key in asked if key not in GLOSSARY] == []


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("state", State),
        ("class", AlarmClass),
        ("incident", IncidentState),
        ("no_order", NoOrder),
        ("stopped", StoppedBy),
        ("order", WorkOrderState),
        ("beside", Beside),
        ("notice", NoticeState),
        ("progress", Progress),
        ("role", Role),
        ("permission", set(Permission) - {Permission.PUBLIC, Permission.SIGNED_IN}),
        ("verdict", Verdict),
        ("call", CallState),
        ("mailing", MailingState),
        ("letter", LetterState),
        ("because", Because),
        ("try", TryOutcome),
        ("told_of", [*Change, *Ending]),
        ("told", Outcome),
        ("message", MessageKind),
        ("why", [*Why, *Trouble]),
        ("step", STEPS),
        ("milestone", PublicMilestone),
        ("outcome", WorkOutcome),
        ("reject", RejectReason),
        ("origin", Origin),
        ("symptom", Symptom),
        ("by", Channel),
        ("turning", Turning),
        ("closes", Direction),
        ("work", Work),
        ("mode", FailureMode),
        ("material", Material),
        ("fail_cause", Cause),
        ("alarm.refused", REFUSALS),
        ("journal", [*AlarmEvent, NOTIFIED]),
        ("clock", ClockName),
        ("clock_state", ClockState),
        ("pause", PauseReason),
        ("milestone", PublicMilestone),
        ("duty_state", DutyState),
        ("duty_way", DutyWay),
        ("duty_about", DutyAbout),
        ("duty_end", DutyEnd),
        ("duty_answer", DutyAnswer),
        ("callback_reason", CallbackReason),
        ("callback_outcome", CallbackOutcome),
        ("authority", ReportState),
        ("outage_cause", [*IncidentKind, *FailureMode]),
        ("segment", Segment),
        ("handover.section", Section),
        ("handover.proposal", ProposalKind),
        ("handover.said", set(TOLD.values())),
        ("activity.kind", ActivityKind),
        ("activity.state", ActivityState),
        ("confidence", [c for c in Confidence if c is not Confidence.NONE]),
        ("quality", [f"{status & 0xFFFF0000:08x}" for status in Status]),
    ],
)
def test_every_name_of_the_model_has_words(prefix: str, names: list[str]) -> None:
    assert [str(name) for name in names if f"{prefix}.{name}" not in GLOSSARY] == []


def test_every_reason_of_a_refusal_that_the_reference_lists_has_words() -> None:
    page = (API.parent / "docs/reference/payload-maps.md").read_text(encoding="utf-8")
    reasons = re.findall(r"`(\w+)`", page.partition("in quarantine with its reason:")[2])
    assert len(reasons) > 15
    assert [name for name in reasons if f"failure.{name}" not in GLOSSARY] == []


def test_no_word_is_left_over() -> None:
    prefixes = tuple(re.findall(r"""[`"']([\w.]+[._])(?:\$?\{|'\s*~)""", SOURCES))
    written = set(re.findall(r"""["']([\w.]+)["']""", SOURCES))
    titles = {f"{page.stem}.title" for page in (API / "templates").glob("*.html")}
    left = [key for key in GLOSSARY if key not in written | titles and not key.startswith(prefixes)]
    assert left == []
