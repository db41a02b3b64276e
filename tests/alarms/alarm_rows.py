"""Rows of a master alarm database: one that is whole, and whatever Hypothesis draws."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from alarms.matrix import CONSEQUENCES
from alarms.spec import AlarmRow
from core.model.account import Role
from core.model.alarm import AlarmClass
from core.model.plant import ZoneKind
from core.model.tag import Quantity
from core.model.text import nfc

WORDS = {"zh": "查看现场", "en": "go and look"}
COMMON: dict[str, Any] = {
    "owner_role": "operator",
    "area": "own",
    "latching": False,
    "ack_required": True,
    "shelve_max_min": 240,
    "escalation_policy": "standard",
    "display_link": "/desk?view=trends&id={tag}",
    "procedure_link": "OP-01",
    "test_interval_d": 365,
    "rationalised_by": "engineer",
    "rationalised_on": "2026-11-02",
    "approved_by": "duty_manager",
    "rev": 1,
    "on_delay_s": 0,
    "off_delay_s": 0,
}


def row(**more: Any) -> dict[str, Any]:
    base = {
        "id": "low",
        "kind": "limit_low",
        "for": {"quantity": ["pressure"]},
        "name": WORDS,
        "class": "process",
        "consequence_level": "local",
        "response_min": 10,
        "cause": WORDS,
        "consequence": WORDS,
        "action": WORDS,
        "unit": "m",
        "setpoint": 14,
        "deadband": 0.5,
        "confirm_action": WORDS,
        "rationale": WORDS,
        **COMMON,
    }
    return {**base, **more}


def _speakable(text: str) -> bool:
    return len(text.strip()) >= 2 and not text.strip().startswith(("=", "+", "-", "@")) and "${" not in text


LINES = (
    st.text(
        st.one_of(
            st.sampled_from("\",;'|\t 压力低于限值。\\#:{}[]%".replace("\t", "")),
            st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]),
        ),
        min_size=2,
        max_size=12,
    )
    .map(nfc)
    .filter(_speakable)
)
TEXTS = st.fixed_dictionaries({"zh": LINES, "en": LINES})
IDS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,20}", fullmatch=True)
PATTERNS = st.from_regex(r"[A-Za-z0-9_*?][A-Za-z0-9._*?-]{0,20}", fullmatch=True)
FIGURES = st.floats(allow_nan=False, allow_infinity=False)
AMOUNTS = st.floats(0, 1e9)
ROLES = st.sampled_from([role.value for role in Role])


def _set(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, max_size=3, unique=True)


SELECTORS = st.fixed_dictionaries(
    {"tag": PATTERNS},
    optional={
        "quantity": _set(st.sampled_from([one.value for one in Quantity])),
        "zone": PATTERNS,
        "zone_kind": _set(st.sampled_from([one.value for one in ZoneKind])),
        "station": PATTERNS,
        "without": _set(PATTERNS),
    },
)
ROWS = st.fixed_dictionaries(
    {
        "id": IDS,
        "kind": st.sampled_from(["limit_low", "limit_high", "rate", "stale", "burst"]),
        "for": SELECTORS,
        "name": TEXTS,
        "class": st.sampled_from([one.value for one in AlarmClass]),
        "consequence_level": st.sampled_from([one for one in CONSEQUENCES if one != "minor"]),
        "response_min": st.floats(0.1, 1e5),
        "cause": st.lists(TEXTS, min_size=1, max_size=3),
        "consequence": TEXTS,
        "action": TEXTS.map(lambda said: {language: f"go: {text}" for language, text in said.items()}),
        "confirm_action": TEXTS,
        "rationale": TEXTS,
        "owner_role": ROLES,
        "area": LINES,
        "latching": st.booleans(),
        "ack_required": st.booleans(),
        "shelve_max_min": st.floats(0, 720),
        "escalation_policy": LINES,
        "display_link": LINES,
        "procedure_link": LINES,
        "test_interval_d": st.integers(1, 3660),
        "rationalised_by": st.lists(ROLES, min_size=1, max_size=3),
        "rationalised_on": st.dates(date(2000, 1, 1)),
        "approved_by": ROLES,
        "rev": st.integers(1, 10**6),
        "on_delay_s": AMOUNTS,
        "off_delay_s": AMOUNTS,
    },
    optional={
        "setpoint": FIGURES,
        "escalate_at": FIGURES,
        "unit": st.sampled_from(["m", "mg/L", "own", "m3/h", "%"]),
        "deadband": AMOUNTS,
        "window_s": st.floats(1, 1e6),
        "suppression_rules": _set(IDS),
        "group": LINES,
    },
).map(AlarmRow.model_validate)
TABLES = st.lists(ROWS, max_size=2, unique_by=lambda one: one.id)
