"""delivery.yaml: by which channels customers are told, in which order, and the templates registered there."""

import re
from collections.abc import Iterable
from typing import ClassVar, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from core.model.bulletin import Ending
from core.model.notice import Change, NoticeKind
from core.model.tracking import LENGTH
from response.delivery.providers import SmsVia, Via, WechatVia
from response.escalation.spec import Id

WHEN_IN_TWO = ("when_1", "when_2")
"""Side by side: a range of time in English has more than 20 characters."""
FACTS = frozenset({"number", "area", "matter", "when", *WHEN_IN_TWO, "hotline", "utility"})
"""What can fill the variables of a notice's template."""
HALVES = ("code_1", "code_2")
"""Of a code: gateways in China take 20 characters in a variable."""
PLACE = re.compile(r"\$\{([^{}]*)\}|\{([^{}\s.]+?)(?:\.DATA)?\}", re.IGNORECASE)
"""A variable in a text as providers write it: `${area}`, `{1}`, `{{thing2.DATA}}`."""


class _Tree(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Registered(_Tree):
    """What the provider has approved. id: its number there. lang: whom it is for, and what it is filled in;
    None: everybody, in Chinese. variables: by their names there, in their order, the fact each is filled
    with. text: as registered, to be read on the page of deliveries. longest: characters a variable may
    have."""

    known: ClassVar[frozenset[str]]
    id: str = Field(min_length=1, max_length=100)
    lang: Literal["zh", "en"] | None = None
    variables: dict[str, str]
    text: str = ""
    longest: int = Field(default=20, ge=1, le=200)

    @field_validator("variables")
    @classmethod
    def _facts(cls, variables: dict[str, str]) -> dict[str, str]:
        for name, fact in variables.items():
            if fact not in cls.known:
                raise ValueError(f"{name}: {fact!r} is none of {', '.join(sorted(cls.known))}")
        return variables

    @model_validator(mode="after")
    def _filled(self) -> Self:
        named = [name for pair in PLACE.findall(self.text) for name in pair if name]
        if unknown := sorted(set(named) - set(self.variables)):
            known = ", ".join(self.variables) or "no variables"
            raise ValueError(
                f"its text names {', '.join(unknown)}, which nothing fills: `variables` has {known}"
            )
        return self


class Template(_Registered):
    """Of a notice. kinds, changes: of the notices it is for."""

    known = FACTS
    kinds: tuple[NoticeKind, ...] = tuple(NoticeKind)
    changes: tuple[Change | Ending, ...] = (*Change, *Ending)

    @model_validator(mode="after")
    def _both(self) -> Self:
        given = set(self.variables.values())
        if given.intersection(WHEN_IN_TWO) and not given.issuperset(WHEN_IN_TWO):
            raise ValueError(f"{' and '.join(WHEN_IN_TWO)} say when together: give both")
        return self

    def is_for(self, kind: NoticeKind, change: Change | Ending, lang: str) -> bool:
        return kind in self.kinds and change in self.changes and self.lang in (None, lang)


class CodeTemplate(_Registered):
    """Of the code by which a caller follows their report, whose address stands in the template: in one
    variable where it has room, else in two halves."""

    known = frozenset({"code", *HALVES, "hotline", "utility"})

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = set(self.variables.values())
        if "code" not in given and not given.issuperset(HALVES):
            raise ValueError(f"nothing is filled with `code`, nor with both of {', '.join(HALVES)}")
        if "code" in given and self.longest < LENGTH:
            raise ValueError(
                f"`code` has {LENGTH} characters, longest is {self.longest}: give {', '.join(HALVES)}"
            )
        return self


_Kind = TypeVar("_Kind", bound=_Registered)


def in_language(fit: Iterable[_Kind], lang: str) -> _Kind | None:
    """The one registered in the person's language, else the provider's own."""
    return min(fit, key=lambda one: (one.lang != lang, one.lang is not None), default=None)


class CustomerChannel(_Tree):
    """address: which of a person's it uses. at_once: messages under way at the same time, which is how many
    may be doubled when the hub is killed. rate_per_s: that the provider allows. templates: those registered
    there; none: free text. code_templates: those by which a caller is sent the code of their report. link:
    what stands before the notice's number in a free text's link; empty: the notice's page."""

    id: Id
    address: Literal["phone", "email", "wechat"]
    via: Via
    at_once: int = Field(default=16, ge=1, le=200)
    rate_per_s: float = Field(default=50.0, gt=0, le=10_000)
    templates: tuple[Template, ...] = ()
    code_templates: tuple[CodeTemplate, ...] = ()
    link: str = ""

    def code_template(self, lang: str) -> CodeTemplate | None:
        """By which somebody is sent the code of their report; None where none is registered."""
        return in_language(self.code_templates, lang)

    @property
    def sign(self) -> str:
        """The signature (签名) registered at the gateway; empty where it has none."""
        return getattr(self.via, "sign", "")

    @property
    def reports(self) -> bool:
        """Whether it says later what became of a message."""
        return (isinstance(self.via, SmsVia) and self.via.reports is not None) or (
            isinstance(self.via, WechatVia) and self.via.token_file is not None
        )

    @model_validator(mode="after")
    def _registered(self) -> "CustomerChannel":
        if isinstance(self.via, WechatVia) and not self.templates:
            raise ValueError("WeChat sends registered templates only: give `templates`")
        return self


class DeliveryFile(_Tree):
    """exercise: everything is done but the sending. channels: the first that a person has an address for is
    tried first. fallback_min: without a report of delivery for so long, an urgent message goes on to the next
    channel. night: between these hours only what is urgent, or asked for at night. promise_min: within which
    callers are told that water is back (HL-14)."""

    exercise: bool = False
    channels: tuple[CustomerChannel, ...] = Field(min_length=1)
    fallback_min: float = Field(default=5.0, gt=0, le=24 * 60)
    night_from_h: int = Field(default=22, ge=0, le=23)
    night_to_h: int = Field(default=7, ge=0, le=23)
    promise_min: float = Field(default=10.0, gt=0, le=24 * 60)

    @model_validator(mode="after")
    def _once(self) -> "DeliveryFile":
        ids = [channel.id for channel in self.channels]
        if len(set(ids)) < len(ids):
            raise ValueError("two channels have one id")
        return self

    def channel(self, id: str | None) -> CustomerChannel | None:
        return next((channel for channel in self.channels if channel.id == id), None)
