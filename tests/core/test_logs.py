"""What the hub says on standard error."""

import pytest

from core.runtime.logs import log


def test_an_event_is_one_line_with_its_facts(capsys: pytest.CaptureFixture[str]) -> None:
    log.info("hub serves", at="127.0.0.1:8080", tls=False, cause="no\nroom left", tags=("a", "b"))
    (line,) = capsys.readouterr().err.splitlines()
    assert line[:2] == "20" and line[26] == "Z"
    assert line[27:].split(maxsplit=2)[:2] == ["[info", "]"]
    assert line.endswith("at=127.0.0.1:8080 tls=False cause='no\\nroom left' tags=\"('a', 'b')\"")


def test_a_traceback_tells_no_values_of_variables(capsys: pytest.CaptureFixture[str]) -> None:
    password = "secret"
    try:
        int(password[:0])
    except ValueError:
        log.warning("service lost", exc_info=True)
    said = capsys.readouterr().err
    assert "service lost" in said and "int(password[:0])" in said
    assert "secret" not in said


def test_a_log_that_nobody_takes_any_more_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stderr", Gone())
    log.critical("the hub ends")
