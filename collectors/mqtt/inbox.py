"""Messages of meters that the plant does not know: kept, each with the map that would read it."""

from collectors.mqtt.framing import Message
from collectors.mqtt.guess import as_yaml, guess
from collectors.mqtt.payloads import compile_map
from collectors.mqtt.refusal import Refused
from collectors.mqtt.spec import MqttSpec

UNKNOWN = "unknown_meter"
_MINUTE_NS = 60 * 10**9
_REMEMBERED = 10_000


class Inbox:
    """Looks at the first message of each new meter, at most `new_meters_per_min` of them, so that a broker
    full of strangers costs little; the others are kept all the same."""

    def __init__(self, spec: MqttSpec) -> None:
        self._limit = spec.new_meters_per_min
        self._decoders = {name: compile_map(found) for name, found in spec.known_maps.items()}
        self._suggested: dict[str, str] = {}
        self._minute, self._new = 0, 0

    def look(self, message: Message, device: str, now_ns: int) -> tuple[str, str]:
        """Reason and detail of the refusal."""
        known = self._suggested.get(device)
        if known is None:
            if not self._may_look(now_ns):
                return UNKNOWN, f"unknown meter {device}; too many new meters to look for its map"
            known = self._suggestion(message, device)
            if len(self._suggested) >= _REMEMBERED:
                self._suggested.clear()
            self._suggested[device] = known
        return UNKNOWN, f"unknown meter {device}; {known}"

    def _may_look(self, now_ns: int) -> bool:
        minute = now_ns // _MINUTE_NS
        self._minute, self._new = minute, self._new + 1 if minute == self._minute else 1
        return self._new <= self._limit

    def _suggestion(self, message: Message, device: str) -> str:
        for name, decode in self._decoders.items():
            try:
                said = decode(message.payload)
            except Refused:
                continue
            if said.readings and not said.refused:
                return f"map `{name}` reads it: give it a tag"
        draft = guess(message.payload, device)
        if draft is not None:
            return f"no map reads it; a draft to look over: {as_yaml(draft)}"
        return f"no map reads its {message.size} bytes, and no draft could be made"
