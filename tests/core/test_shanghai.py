"""Times as people read them."""

from core.model.shanghai import span

HOUR = 3600 * 1_000_000_000
AT = 1_764_500_400 * 1_000_000_000
"""2025-11-30 19:00 in Shanghai."""


def test_an_estimate_that_is_one_moment_is_told_as_one():
    assert span(AT, AT).zh == "11月30日(周日)19:00"
    assert span(AT, AT + HOUR).zh == "11月30日(周日)19:00至20:00"
    assert span(AT, AT + 6 * HOUR).en == "Sun 30 Nov, 19:00 to Mon 1 Dec, 01:00"
