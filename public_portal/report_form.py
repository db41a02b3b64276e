"""What a citizen reports, as it came from the form: cleaned, checked, and made a letter."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

import msgspec

from core.model.letterbox import (
    LONGEST_ADDRESS,
    LONGEST_TEXT,
    REPORTABLE,
    SHORTEST_ADDRESS,
    WebReport,
)
from core.model.report import Symptom
from public_portal.lookup import looks_like_an_account
from public_portal.received import Received

MOST_FIELDS = 10
FIELDS = ("symptom", "address", "area", "text")


@dataclass(frozen=True, slots=True)
class Filled:
    """As it is shown again where something is to be mended."""

    symptom: str = ""
    address: str = ""
    area: str = ""
    text: str = ""

    @classmethod
    def of(cls, body: bytes) -> "Filled":
        """Raises ValueError for what no form sends."""
        given = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
        fields = {name: value for name, value in given if name in FIELDS}
        return cls(**{name: plain(value, lines=name == "text") for name, value in fields.items()})

    def wrong(self, received: Received) -> Mapping[str, str]:
        """By field, the phrase that says what to mend; nothing of what is right."""
        found = {}
        if self.symptom not in REPORTABLE:
            found["symptom"] = "report_no_symptom"
        if not SHORTEST_ADDRESS <= len(self.address) <= LONGEST_ADDRESS:
            found["address"] = "report_no_address"
        elif looks_like_an_account(self.address):
            found["address"] = "report_account"
        if self.area and all(area.id != self.area for area in received.snapshot.areas):
            found["area"] = "report_no_area"
        if len(self.text) > LONGEST_TEXT:
            found["text"] = "report_too_long"
        return found

    def letter(self, token: str, now_ns: int) -> bytes:
        """To be sealed; of what is not wrong."""
        report = WebReport(
            token=token,
            symptom=Symptom(self.symptom),
            address=self.address,
            sent_ns=now_ns,
            zone=self.area or None,
            text=self.text or None,
        )
        return msgspec.json.encode(report)


def plain(value: str, *, lines: bool = False) -> str:
    """Without what steers a terminal or turns the line about; one line, unless `lines`."""
    same = value.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c if unicodedata.category(c)[0] != "C" or (lines and c == "\n") else " " for c in same)
    text = "".join(kept)
    return text.strip() if lines else " ".join(text.split())
