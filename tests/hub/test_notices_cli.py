"""ON-40: whoever has the portal's files can check them without a hub."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.notices_cli import notices_app
from public_portal.chain import document, entry
from public_portal.jws import detached, jwk
from public_portal.signing import public_key_of

KEY = bytes(range(32))
PUBLIC = public_key_of(KEY)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    one = entry(None, {"number": "NTC-1", "version": 1})
    contents = {
        "v1": (".json", b'{"number":"NTC-1"}'),
        "notices": (".jsonl", document([one, entry(one, {"number": "NTC-1", "version": 2})])),
    }
    for name, (suffix, content) in contents.items():
        (tmp_path / f"{name}{suffix}").write_bytes(content)
        (tmp_path / f"{name}.jws").write_text(detached(content, KEY, PUBLIC))
    (tmp_path / "portal.pub").write_bytes(PUBLIC)
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [jwk(PUBLIC)]}))
    return tmp_path


def verify(files: Path, name: str, key: str = "portal.pub", *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(notices_app, [str(files / name), "--key", str(files / key), *more])
    return done.exit_code, done.output


@pytest.mark.parametrize("key", ["portal.pub", "jwks.json"])
def test_a_statement_and_the_list_hold(files: Path, key: str) -> None:
    assert verify(files, "v1.json", key)[0] == 0
    code, said = verify(files, "notices.jsonl", key)
    assert (code, "2 lines follow each other" in said) == (0, True)


def test_what_was_altered_does_not(files: Path) -> None:
    (files / "v1.json").write_bytes(b'{"number":"NTC-2"}')
    assert verify(files, "v1.json")[0] == 1
    lines = (files / "notices.jsonl").read_bytes().splitlines(keepends=True)
    cut = lines[1] + lines[0]
    (files / "notices.jsonl").write_bytes(cut)
    (files / "notices.jws").write_text(detached(cut, KEY, PUBLIC))
    assert verify(files, "notices.jsonl")[0] == 1, "signed by us, and still out of order"


def test_a_list_written_anew_lacks_the_hash_that_somebody_kept(files: Path) -> None:
    kept = json.loads((files / "notices.jsonl").read_text().splitlines()[0])["hash"]
    assert verify(files, "notices.jsonl", "portal.pub", "--holds", kept)[0] == 0
    anew = document([entry(None, {"number": "NTC-9", "version": 1})])
    (files / "notices.jsonl").write_bytes(anew)
    (files / "notices.jws").write_text(detached(anew, KEY, PUBLIC))
    assert verify(files, "notices.jsonl")[0] == 0
    assert verify(files, "notices.jsonl", "portal.pub", "--holds", kept)[0] == 1


def test_no_key_and_no_signature_are_said(files: Path) -> None:
    (files / "v1.jws").unlink()
    assert verify(files, "v1.json")[0] == 1
    (files / "portal.pub").write_text("{}")
    assert verify(files, "notices.jsonl")[0] == 1
