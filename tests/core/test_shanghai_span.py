"""A span of one time is one time: never `21:00至21:00`."""

from core.model.shanghai import moment, span

NINE = 1_795_356_600 * 1_000_000_000


def test_one_time_where_there_is_one():
    assert span(NINE, NINE) == moment(NINE)
    assert span(NINE, NINE + 3600 * 10**9).zh.endswith("22:10至23:10")
