"""What the hotline's rooms need of the house."""

from dataclasses import dataclass, field

from core.model.plant import Plant
from core.ports.historian import Historian
from core.ports.ledger import Ledger
from core.ports.vault import Vault
from core.runtime.live import LiveTable
from response.hotline.search.finder import Finder
from response.nearby import Remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """remembered: what was usual when the historian last said it, for when it does not."""

    ledger: Ledger
    vault: Vault
    plant: Plant
    live: LiveTable
    historian: Historian | None
    finder: Finder
    remembered: Remembered = field(default_factory=Remembered)
