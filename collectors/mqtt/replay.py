"""What quarantine keeps of a message, and how it is offered again once its map or its tag is mended."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import orjson

from collectors.mqtt.columns import Columns
from collectors.mqtt.fleet import Fleet, summary
from collectors.mqtt.framing import Message
from collectors.mqtt.refusal import Refused
from collectors.mqtt.spec import MqttSpec
from core.model.sample import Batch, Flag
from core.model.tag import Tag
from core.ports.quarantine import Refusal


def keep(message: Message) -> bytes:
    """JSON: topic, and payload as text or base64; size when only the payload's head was kept. No time, so
    that the same message sent again is the same content."""
    kept: dict[str, Any] = {"topic": message.topic.decode(errors="backslashreplace")}
    try:
        kept["payload"] = message.payload.decode()
    except UnicodeDecodeError:
        kept["base64"] = base64.b64encode(message.payload).decode()
    if message.size > len(message.payload):
        kept["size"] = message.size
    return orjson.dumps(kept)


def kept(content: bytes) -> tuple[bytes, bytes]:
    """Topic and payload. Raises Refused `not_replayable` for what `keep` did not make, or not whole."""
    try:
        said = orjson.loads(content)
        topic, text, coded = said["topic"], said.get("payload"), said.get("base64")
        payload = text.encode() if text is not None else base64.b64decode(coded, validate=True)
        whole = topic.encode(), payload, "size" not in said
    except (orjson.JSONDecodeError, binascii.Error, KeyError, TypeError, AttributeError) as error:
        raise Refused("not_replayable", f"the content is no kept message: {error!r}") from None
    if not whole[2]:
        raise Refused("not_replayable", "only the head of this payload was kept")
    return whole[0], whole[1]


class Replay:
    """Reads refusals of one source by the configuration as it is now."""

    def __init__(self, spec: MqttSpec, tags: Mapping[str, Tag]) -> None:
        self._source = f"mqtt:{spec.id}"
        self._fleet = Fleet(spec, tags)

    def batch(self, refusal: Refusal) -> Batch:
        """Its samples, as received when it was refused, marked REPLAYED; what was stored of it then is in
        it again, and is the same sample. Raises Refused while anything of it is still refused."""
        outcome = self._fleet.read(*kept(refusal.content))
        if outcome.refused:
            raise Refused(outcome.refused[0].reason, summary(outcome.refused))
        columns = Columns(self._source, refusal.at_ns, self._fleet.targets)
        columns.add(outcome, Flag.REPLAYED)
        batch, _ = columns.batch()
        if not len(batch):
            raise Refused("untagged", "the plant has no tag for any of its values")
        return batch
