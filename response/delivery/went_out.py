"""What people were sent of a version that was published: each text that differs, and to how many (ON-25)."""

from core.model.mailing import Letter, LetterState, Mailing
from core.model.notice_version import NoticeVersion
from core.model.plant import Plant
from core.model.text import Text
from core.ports.ledger import Tx
from response.bulletins import bulletin_of
from response.delivery.addressing import streets_in
from response.delivery.foreseen import Foreseen, texts_of, waits_for_morning
from response.delivery.mailings import exercised
from response.delivery.planning import CHUNK
from response.delivery.spec import DeliveryFile

_NOT_SENT = (LetterState.SUPERSEDED, LetterState.NO_ADDRESS)
"""A later version told it instead, or they can be reached no more."""


async def went_out(tx: Tx, file: DeliveryFile, plant: Plant, version: NoticeVersion, now_ns: int) -> Foreseen:
    """With what still waits for its turn."""
    mailing = await tx.get(Mailing, version.id)
    found = await tx.find(Letter, mailing=version.id)
    letters = [one for one in found if one.state not in _NOT_SENT]
    streets = dict[str, Text]()
    for start in range(0, len(letters), CHUNK):
        streets |= await streets_in(tx, version, letters[start : start + CHUNK])
    bulletin = mailing.bulletin if mailing else exercised(bulletin_of(version, plant), file)
    return Foreseen(
        accounts=mailing.accounts if mailing else 0,
        people=len(letters),
        nobody=mailing.nobody if mailing else 0,
        night=sum(waits_for_morning(one, now_ns) for one in letters),
        exercise=any(one.state is LetterState.EXERCISE for one in letters),
        sent=texts_of(file, bulletin, letters, streets),
    )
