"""What the hotline's rooms need of the house."""

from dataclasses import dataclass, field

from core.model.plant import Plant
from core.ports.historian import Historian
from core.ports.ledger import Ledger
from core.ports.vault import Vault
from core.runtime.live import LiveTable
from response.hotline.search.finder import Finder
from response.instruments import Instruments
from response.usual_past import Remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """remembered: what was usual when the historian last said it, for when it does not. instruments: of the
    plant."""

    ledger: Ledger
    vault: Vault
    plant: Plant
    instruments: Instruments
    live: LiveTable
    historian: Historian | None
    finder: Finder
    remembered: Remembered = field(default_factory=Remembered)
