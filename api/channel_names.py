"""What a channel of escalation.yaml is called on screens."""

from api.glossary import GLOSSARY
from api.wire import Json, plain
from response.escalation.spec import EscalationFile


def channel_name(file: EscalationFile, id: str) -> Json:
    """The name that its file gives it; or what it is commonly called (sms, voice); or its kind and its id."""
    spec = next((one for one in file.channels if one.id == id), None)
    if spec is not None and spec.name is not None:
        named: Json = plain(spec.name)
        return named
    if word := GLOSSARY.get(f"channel.{id}"):
        return {"zh": word.zh, "en": word.en}
    word = GLOSSARY.get(f"channel.{spec.type}") if spec else None
    return {"zh": f"{word.zh} {id}", "en": f"{word.en} {id}"} if word else {"zh": id, "en": id}
