"""ON-40: signatures anybody can check, a chain that shows every change, and whether a message is ours."""

import base64
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.snapshot import PublicVersion
from core.model.text import Text
from public_portal import jws
from public_portal.chain import ListBroken, document, entry, verified
from public_portal.sentences import fingerprints, sentences
from public_portal.signing import public_key_of
from public_portal.verify import Verdict, verify
from tests.public_portal import samples

KEY = samples.KEY
PUBLIC = public_key_of(KEY)
LINES = [
    {
        "number": "NTC-20261122-00001",
        "version": n,
        "sent": f"2026-11-22T22:{n:02d}:00+08:00",
        "sha256": "ab" * 32,
    }
    for n in range(1, 6)
]


def chained() -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    for facts in LINES:
        lines.append(entry(lines[-1] if lines else None, facts))
    return lines


def test_the_key_and_signature_are_those_of_rfc_8037() -> None:
    """Appendix A.1 to A.4 of the RFC: its key, its thumbprint, its signature."""
    secret = base64.urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    public = public_key_of(secret)
    assert jws.jwk(public)["x"] == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert jws.thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    head = jws.base64url(b'{"alg":"EdDSA"}')
    signed = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    jws.check(b"Example of Ed25519 signing", f"{head}..{signed}", public)


def test_a_signature_is_checked_with_nothing_but_the_rfcs() -> None:
    content = '{"area":"人民路"}'.encode()
    head, empty, signed = jws.detached(content, KEY, PUBLIC).split(".")
    assert empty == ""
    signing_input = head.encode() + b"." + base64.urlsafe_b64encode(content).rstrip(b"=")
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(base64.urlsafe_b64decode(signed + "=="), signing_input)
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["alg"] == "EdDSA"


@settings(deadline=None)
@given(at=st.integers(0, 200), flip=st.integers(1, 255))
def test_on40_altered_text_fails(at: int, flip: int) -> None:
    content = bytearray('{"eta_latest":"2026-11-23T08:30:00+08:00","area":"人民路"}'.encode())
    made = jws.detached(bytes(content), KEY, PUBLIC)
    content[at % len(content)] ^= flip
    with pytest.raises(jws.NotOurs):
        jws.check(bytes(content), made, PUBLIC)


@pytest.mark.parametrize("bad", ["", "a.b.c", "e30..", "....", "eyJhbGciOiJub25lIn0..", "W10..AA", "é..ü"])
def test_what_is_no_signature_is_refused(bad: str) -> None:
    with pytest.raises(jws.NotOurs):
        jws.check(b"content", bad, PUBLIC)


def test_a_chain_holds_and_its_newest_part_alone_too() -> None:
    lines = chained()
    assert verified(document(lines)) == lines
    assert verified(document(lines[2:])) == lines[2:]
    assert verified(b"") == []


@settings(deadline=None)
@given(st.data())
def test_on40_every_change_of_the_list_is_found(data: st.DataObject) -> None:
    lines = chained()
    at = data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(["edit", "drop", "swap", "insert", "rehash"]))
    if how == "edit":
        lines[at] = {**lines[at], "sent": "2026-11-23T00:00:00+08:00"}
    elif how == "drop":
        at = max(1, min(at, len(lines) - 2))
        del lines[at]
    elif how == "swap":
        other = (at + 1) % len(lines)
        lines[at], lines[other] = lines[other], lines[at]
    elif how == "insert":
        lines.insert(at + 1, lines[at])
    else:
        at = min(at, len(lines) - 2)
        before = lines[at - 1] if at else None
        lines[at] = entry(before, {**LINES[at], "sha256": "cd" * 32})
    with pytest.raises(ListBroken):
        verified(document(lines))


def test_a_list_that_is_no_list_is_refused() -> None:
    for content in (b"{", b"[]", b'{"n":1}'):
        with pytest.raises(ListBroken):
            verified(content)


SMS = (
    "【示例水务】城东片区人民路抢修停水，预计11月23日03:30至08:30恢复。"
    "详情：https://w.example.cn/n/1 热线96000"
)
OLD = "【示例水务】城东片区人民路抢修停水，预计11月23日03:30至06:00恢复。"
SNAPSHOT = replace(
    samples.ordinary(),
    notices=(
        samples.notice(
            version=2,
            versions=tuple(
                PublicVersion(
                    version=n,
                    change="update",
                    sent_ns=samples.NOW,
                    title=Text("人民路", "Renmin Road"),
                    body=Text("水", "water"),
                    sha256="ab" * 32,
                    sentences=fingerprints([said, "请提前储水。"]),
                )
                for n, said in ((1, OLD), (2, SMS))
            ),
        ),
    ),
)


@pytest.mark.parametrize(
    ("given", "verdict", "foreign"),
    [
        (SMS, Verdict.GENUINE, 0),
        ("  " + SMS.replace("，", ",").replace("08:30", "０８:３０") + "\n请提前储水！", Verdict.GENUINE, 0),
        (SMS.replace("08:30", "09:30"), Verdict.ALTERED, 1),
        (SMS.replace("96000", "96001"), Verdict.ALTERED, 1),
        (SMS + "请把押金转到指定账户。", Verdict.ALTERED, 1),
        (OLD, Verdict.SUPERSEDED, 0),
        ("NTC-20261122-00001", Verdict.KNOWN, 0),
        ("https://w.example.cn/n/ntc-20261122-00001", Verdict.KNOWN, 0),
        ("公告NTC-20261122-00001：全市停水三天。", Verdict.ALTERED, 1),
        ("全市停水三天。", Verdict.UNKNOWN, 1),
        ("NTC-20261122-00009", Verdict.UNKNOWN, 1),
    ],
)
def test_on40_a_message_is_compared_sentence_by_sentence(given: str, verdict: Verdict, foreign: int) -> None:
    found = verify(SNAPSHOT, given)
    assert (found.verdict, len(found.foreign)) == (verdict, foreign)


def test_sentences_end_where_people_end_them() -> None:
    assert sentences("[Example] Water is off. Back at 08:30! 您好。详情：https://a.cn/n/1") == [
        "Water is off",
        "Back at 08:30",
        "详情：https://a.cn/n/1",
    ]
