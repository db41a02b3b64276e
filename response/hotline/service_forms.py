"""The questions that a service of the catalogue asks (HL-03), and what was answered.

Which service a symptom is for follows from it; of what has nothing to do with the water the agent says which.
"""

from collections.abc import Iterable, Mapping
from math import isfinite

from core.model.report import FormAnswer, Symptom
from core.model.service import FieldKind, FormField, Service
from core.model.text import Text
from core.ports.ledger import Tx
from response.hotline.symptoms import service_of
from response.hotline.triage import NO, YES
from response.orders.catalogue import services
from response.refused import Refused

ASKED_ANYWAY = frozenset({"outlets", "neighbours"})
"""Fields that the hub's own three clicks ask of everybody."""
_YES_NO = {"yes": YES, "no": NO}


def possible(rows: Iterable[Service], symptom: Symptom) -> list[Service]:
    """The services that a report of it may be for, the usual one first."""
    usual = service_of(symptom)
    found = [row for row in rows if row.active and (row.id == usual or _other(row, symptom))]
    return sorted(found, key=lambda row: row.id != usual)


def _other(row: Service, symptom: Symptom) -> bool:
    return symptom is Symptom.OTHER and row.symptom is Symptom.OTHER


async def asked(
    tx: Tx, symptom: Symptom, code: str | None, given: Mapping[str, str] | None
) -> tuple[str, tuple[FormAnswer, ...]]:
    """The service, and the answers in its own words. given: by field; None where nothing was asked, as when a
    caller is linked in one click. Raises Refused `not_its_service` or, by field, `not_answered`,
    `not_an_answer`, `not_asked`."""
    rows = possible((await services(tx)).values(), symptom)
    service = next((row for row in rows if code is None or row.id == code), None)
    if service is None and code is not None:
        why = Text(f"该现象不属于服务 {code}", f"service {code} is not for this")
        raise Refused("not_its_service", why, tuple(row.id for row in rows))
    if service is None or given is None:
        return service.id if service else service_of(symptom), ()
    return service.id, checked(service, given)


def checked(service: Service, given: Mapping[str, str]) -> tuple[FormAnswer, ...]:
    """Raises Refused as `asked` does."""
    fields = {field.code: field for field in service.form}
    for code in given:
        if code not in fields:
            raise Refused("not_asked", Text(f"没有此问题：{code}", f"nobody asks {code}"), tuple(fields))
    answers = []
    for field in fields.values():
        said = given.get(field.code, "").strip()
        if said:
            answers.append(FormAnswer(field.code, field.name, _value(field, said)))
        elif field.required and field.code not in ASKED_ANYWAY:
            name = field.name
            raise Refused(
                "not_answered", Text(f"请填写：{name.zh}", f"to be answered: {name.en}"), (field.code,)
            )
    return tuple(answers)


def _value(field: FormField, said: str) -> Text:
    if field.kind is FieldKind.CHOICE:
        found = next((one for one in field.options if said in (one.zh, one.en)), None)
    elif field.kind is FieldKind.YES_NO:
        found = _YES_NO.get(said)
    elif field.kind is FieldKind.NUMBER:
        found = Text(said, said) if _number(said) else None
    else:
        found = Text(said, said)
    if found is None:
        name = field.name
        raise Refused(
            "not_an_answer", Text(f"答案无效：{name.zh}", f"no answer to: {name.en}"), (field.code,)
        )
    return found


def _number(said: str) -> bool:
    try:
        return isfinite(float(said))
    except ValueError:
        return False
