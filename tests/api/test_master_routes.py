"""The master alarm database over HTTP: read, proposed by one, approved by another, exported."""

import csv
import io

import httpx

from alarms import master
from alarms.cells import MATRIX_ROW, cells_of, matrix_cells
from alarms.matrix import MATRIX
from alarms.spec import AlarmRow
from core.model.account import Role
from core.model.master import MasterDrift
from tests.alarms.alarm_rows import row
from tests.api.hub_at_work import T0, Hub

ROOT = "/api/v1/master"
WHY = "the new pump holds three metres less"
ENGINEER, MANAGER, OPERATOR = Role.ENGINEER, Role.DUTY_MANAGER, Role.OPERATOR


async def begun(hub: Hub) -> None:
    table = {MATRIX_ROW: matrix_cells(MATRIX)}
    for id in ("low", "lower"):
        table[id] = cells_of(AlarmRow.model_validate(row(id=id, area="own")))
    async with hub.deps.ledger.begin() as tx:
        await master.begin(tx, table, T0)


async def proposed(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.post(f"{ROOT}/proposals", json={"reason": WHY, "rows": {"low": fields}})


async def test_a_change_is_proposed_by_one_and_approved_by_another_with_the_difference_in_view(hub: Hub):
    await begun(hub)
    async with hub.as_(ENGINEER) as engineer, hub.as_(MANAGER) as manager:
        made = await proposed(engineer, setpoint="12", time_to_respond_min="4")
        assert made.status_code == 201, made.text
        changes = {one["field"]: (one["before"], one["after"]) for one in made.json()["changes"]}
        assert changes.keys() == {"setpoint", "time_to_respond_min", "rev", "rationalised_on"}
        assert (changes["setpoint"], changes["rev"]) == (("14", "12"), ("1", "2"))
        id, seen = made.json()["id"], {"seq": made.json()["seq"]}
        own = await engineer.post(f"{ROOT}/proposals/{id}/approve", json=seen)
        assert (own.status_code, own.json()["reason"]) == (403, "second_person")
        [waiting] = (await manager.get(f"{ROOT}/proposals")).json()["items"]
        assert waiting["id"] == id and waiting["changes"] == made.json()["changes"]
        assert (await manager.post(f"{ROOT}/proposals/{id}/approve", json=seen)).status_code == 200
        again = await manager.post(f"{ROOT}/proposals/{id}/approve", json=seen)
        assert (again.status_code, again.json()["reason"]) == (409, "stale")
        shown = (await manager.get(f"{ROOT}/rows/low")).json()
        assert shown["cells"]["setpoint"] == "12" and shown["version"] == 2
        assert [(one["n"], one["by"], one["approved_by"]) for one in shown["history"]] == [
            (2, "engineer", "duty_manager"),
            (1, "hub", "hub"),
        ]
        assert not (await manager.get("/api/v1/proposals")).json()["items"]


async def test_a_changed_matrix_changes_the_priorities_that_follow_from_it(hub: Hub):
    await begun(hub)
    async with hub.as_(ENGINEER) as engineer:
        body = {"reason": WHY, "rows": {"*matrix": {"local": "1 1 3 3"}}}
        made = (await engineer.post(f"{ROOT}/proposals", json=body)).json()
        told = {(one["row"], one["field"], one["before"], one["after"]) for one in made["changes"]}
        assert told == {
            ("*matrix", "local", "2 2 3 3", "1 1 3 3"),
            ("low", "priority", "2", "1"),
            ("lower", "priority", "2", "1"),
        }


async def test_what_is_wrong_with_a_proposed_row_is_told_by_its_column(hub: Hub):
    await begun(hub)
    async with hub.as_(ENGINEER) as engineer:
        for fields, at in (
            ({"corrective_action_zh": "确认"}, "corrective_action_zh"),
            ({"owner_role": "somebody"}, "owner_role"),
            ({"setpoint": "low"}, "setpoint"),
            ({"rationale_en": ""}, "rationale_en"),
        ):
            answer = await proposed(engineer, **fields)
            assert (answer.status_code, answer.json()["reason"]) == (422, "row"), answer.text
            assert answer.json()["errors"][0]["at"] == at
        unit = await proposed(engineer, unit="kPa")
        assert unit.status_code == 422 and "it is in kPa" in unit.json()["detail"]
        assert (await proposed(engineer, setpoint="14", rev="1", rationalised_on="2026-11-02")).json()[
            "reason"
        ] == "nothing"
        both = await engineer.post(f"{ROOT}/proposals", json={"reason": WHY, "files": True, "version": 1})
        assert both.status_code == 422


async def test_a_row_in_which_nothing_changes_gets_no_new_revision_and_alone_is_no_proposal(hub: Hub):
    await begun(hub)
    async with hub.as_(ENGINEER) as engineer:
        for fields in (
            {},
            {"setpoint": "14"},
            {"setpoint": "14.0"},
            {"priority": "2"},
            {"priority": ""},
            {"rev": "9"},
        ):
            answer = await proposed(engineer, **fields)
            assert (answer.status_code, answer.json()["reason"]) == (422, "nothing"), (fields, answer.text)
            assert all(answer.json()["why"].values())
        body = {"reason": WHY, "rows": {"low": {"setpoint": "14"}, "lower": {"setpoint": "12"}}}
        made = (await engineer.post(f"{ROOT}/proposals", json=body)).json()
        assert {one["row"] for one in made["changes"]} == {"lower"}
        reviewed = await proposed(engineer, rationalised_on="2026-11-24")
        assert {one["field"] for one in reviewed.json()["changes"]} == {"rev", "rationalised_on"}


async def test_a_priority_is_never_typed_it_follows_from_the_matrix(hub: Hub):
    await begun(hub)
    async with hub.as_(ENGINEER) as engineer:
        for fields in ({"priority": "1"}, {"setpoint": "12", "priority": "1"}, {"priority": "urgent"}):
            answer = await proposed(engineer, **fields)
            assert (answer.status_code, answer.json()["reason"]) == (422, "priority"), answer.text
            assert "which make 2" in answer.json()["detail"]
            assert "矩阵" in answer.json()["why"]["zh"] and "matrix" in answer.json()["why"]["en"]
        assert not (await engineer.get(f"{ROOT}/proposals")).json()["items"]
        follows = await proposed(engineer, time_to_respond_min="4", priority="2")
        assert follows.status_code == 201, follows.text


async def test_rows_are_found_by_words_and_exported_at_any_version(hub: Hub):
    await begun(hub)
    async with hub.as_(ENGINEER) as engineer, hub.as_(MANAGER) as manager:
        made = (await proposed(engineer, setpoint="12")).json()
        await manager.post(f"{ROOT}/proposals/{made['id']}/approve", json={"seq": made["seq"]})
        found = (await manager.get(f"{ROOT}/rows", params={"q": "查看 LOWER"})).json()
        assert [one["id"] for one in found["items"]] == ["lower"] and found["version"] == 2
        page = (await manager.get(f"{ROOT}/rows", params={"limit": 2})).json()
        assert ([one["id"] for one in page["items"]], page["next"]) == (["*matrix", "low"], "low")
        for version, setpoint in ((1, "14"), (2, "12")):
            text = (await manager.get(f"{ROOT}/export", params={"version": version})).text
            table = {one["alarm_id"]: one for one in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))}
            assert table["low"]["setpoint"] == setpoint and table.keys() == {"low", "lower"}
        assert (await manager.get(f"{ROOT}/versions/2")).json()["changed_rows"] == 1
        assert (await manager.get(f"{ROOT}/versions/7")).status_code == 404
        back = await engineer.post(f"{ROOT}/proposals", json={"reason": WHY, "version": 1})
        assert back.status_code == 201 and back.json()["changed_rows"] == 1


async def test_unauthorised_changes_are_counted_among_the_figures_of_their_time(hub: Hub):
    now_ns = hub.deps.clock.now_ns()
    async with hub.deps.ledger.begin() as tx:
        for n, (since, until) in enumerate(((10, None), (20, 19), (86400 * 40, 86400 * 39))):
            drift = MasterDrift(
                id=f"D{n}",
                row="low",
                field="setpoint",
                where="files",
                approved="14",
                found="4",
                since_ns=now_ns - since * 10**9,
                until_ns=None if until is None else now_ns - until * 10**9,
            )
            await tx.put(drift)
    async with hub.as_(OPERATOR) as operator:
        assert (await operator.get("/api/v1/alarm-kpi")).json()["unauthorised"] == 2
        [standing] = (await operator.get(f"{ROOT}/drift")).json()["items"]
        assert standing["row"] == "low"
