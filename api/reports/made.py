"""Reports as they are asked for again and again: made one at a time, and told again while they are fresh."""

import asyncio

from api.reports.gather import Books, sheet_of
from api.reports.period import Period
from api.reports.sheet import Sheet

FRESH_S = 20.0
"""Real seconds for which a report is told again: a page and the files saved from it say the same."""
MOST_S = 120.0
"""Real seconds that one may take: a month of ten thousand gauges would be 80, by 8 ms measured for one
(the page waits as long, see `reports/main.js`)."""
MOST_KEPT = 4


class Reports:
    """Of those who ask for one at once the first has it made: no heap of them keeps the historian busy."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._made: dict[Period, tuple[float, Sheet]] = {}

    async def of(self, books: Books, period: Period, now_ns: int) -> Sheet:
        """Raises TimeoutError, and what `sheet_of` raises."""
        async with asyncio.timeout(MOST_S), self._turn:
            time = asyncio.get_running_loop().time
            at_s, sheet = self._made.get(period, (float("-inf"), None))
            if sheet is None or time() - at_s >= FRESH_S:
                sheet = await sheet_of(books, period, now_ns)
                self._made.pop(period, None)
                self._made[period] = time(), sheet
                while len(self._made) > MOST_KEPT:
                    del self._made[next(iter(self._made))]
            return sheet
