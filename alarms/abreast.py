"""How far what sources told can be counted on: no further than it is judged."""

from collections.abc import Sequence

from core.runtime.numbering import Numbers

Told = Sequence[tuple[Numbers, int]]
"""Tags with the receive time up to which their source has told everything."""


class Abreast:
    """While rows of the spool wait for their turn a newer value may be among them: what stood before it is
    not told again beyond it."""

    def __init__(self) -> None:
        self._asked: Told = ()
        self._judged: Told = ()
        self._last_seq = 0

    def upto(self, told: Told, last_seq: int, seq: int) -> Told:
        """The newest `told`, now or earlier, of which every row is judged. last_seq: the spool's last row,
        asked for after `told`; seq: judged up to it."""
        if seq >= self._last_seq:
            self._judged, self._asked, self._last_seq = self._asked, told, last_seq
        if seq >= self._last_seq:
            self._judged = self._asked
        return self._judged
