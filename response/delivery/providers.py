"""What stands behind a channel to customers: a provider's interface, as delivery.yaml describes it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from response.escalation.spec import FolderChannel, Id, Outgoing, SmtpChannel, WebhookChannel

PLACES = frozenset(
    {
        "to",
        "template",
        "sign",
        "id",
        "secret",
        "text",
        "text_zh",
        "text_en",
        "variables",
        "values",
        "variables_json",
    }
)
"""What an SMS gateway's request may name in braces (core.adapters.sms_notifier)."""
_PLACE = re.compile(r"\{(\w+)\}")


class _Tree(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SmsAnswer(_Tree):
    """code, receipt, says: where they stand in the answer (`a.b.0.c`). taken: codes of a yes; none: HTTP's
    status says it all. later, nobody, login: codes that mean try again, no such number, not let in."""

    code: str = ""
    receipt: str = ""
    says: str = ""
    taken: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    login: tuple[str, ...] = ()


class SmsReports(_Tree):
    """Delivery reports that the gateway posts. list: where they stand in the body; empty: it is the list, or
    one. receipt, status, says: where they stand in a report. delivered: statuses of a yes. thanks: what it
    wants as an answer."""

    list: str = ""
    receipt: str
    status: str
    says: str = ""
    delivered: tuple[str, ...] = Field(min_length=1)
    thanks: str = "ok"


class SmsVia(_Tree):
    """A provider's HTTP gateway. body, headers: the request as its manual prints it, with places. sign: the
    签名 registered there. reports_secret_file: what its reports are to show; that of the requests without
    it."""

    type: Literal["sms"]
    url: Outgoing
    secret_file: Path
    sign: str = ""
    form: bool = False
    body: dict[str, Any]
    headers: dict[str, str] = {}
    answer: SmsAnswer = SmsAnswer()
    reports: SmsReports | None = None
    reports_secret_file: Path | None = None
    ca_file: Path | None = None
    internal: bool = False

    @model_validator(mode="after")
    def _places(self) -> "SmsVia":
        used = {name for text in _strings((self.body, self.headers)) for name in _PLACE.findall(text)}
        if unknown := sorted(used - PLACES):
            raise ValueError(f"{', '.join(unknown)}: no such place; there are {', '.join(sorted(PLACES))}")
        return self


class WechatVia(_Tree):
    """A service account (服务号). token_file: the 令牌 of its server configuration, for the events that say
    what became of a message; without it none are taken. base: a proxy in the DMZ."""

    type: Literal["wechat"]
    appid: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    secret_file: Path
    token_file: Path | None = None
    base: Outgoing = "https://api.weixin.qq.com"
    ca_file: Path | None = None
    internal: bool = False


class MailVia(SmtpChannel):
    id: Id = "mail"
    name: None = None


class HookVia(WebhookChannel):
    id: Id = "hook"
    name: None = None


class FolderVia(FolderChannel):
    id: Id = "folder"
    name: None = None


Via = Annotated[SmsVia | WechatVia | MailVia | HookVia | FolderVia, Field(discriminator="type")]


def _strings(form: Any) -> Iterator[str]:
    match form:
        case str():
            yield form
        case dict():
            for value in form.values():
                yield from _strings(value)
        case list() | tuple():
            for value in form:
                yield from _strings(value)
