"""A real HTTP gateway for SMS as they are in China: registered templates and signs only, variables of 20
characters at most without links, a code in every answer, reports to a stated address."""

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers.provider import Provider, provider_at

TEMPLATES = {
    "SMS_1": ("number", "area", "eta"),
    "SMS_2": ("number", "area"),
    "SMS_ZH": ("number", "area", "matter", "when"),
    "SMS_EN": ("number", "area", "matter", "when_1", "when_2"),
}
TEMPLATES |= dict.fromkeys(("SMS_CODE", "SMS_CODE_EN"), ("c1", "c2"))
SECRET = "sms-key-of-the-utility"
LONGEST = 20


@dataclass
class SmsGateway(Provider):
    """sent: what was taken, in order. answers: codes for the next requests instead of its own judgement.
    honours: it knows an id again and sends what has it once. busy: how many are being answered now; most: the
    most at once. slow_s: before each answer."""

    port: int
    sent: list[dict] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    honours: bool = False
    asked: int = 0
    busy: int = 0
    most: int = 0
    slow_s: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    def code_of(self, asked: dict, authorization: str) -> str:
        if self.answers:
            return self.answers.pop(0)
        wanted = TEMPLATES.get(asked.get("template"))
        if authorization != f"Bearer {SECRET}":
            return "AUTH"
        if asked.get("sign") != "清河水务":
            return "SIGN"
        if wanted is None or set(asked.get("params", {})) != set(wanted):
            return "TEMPLATE"
        values = asked["params"].values()
        if any(not 0 < len(value) <= LONGEST or "http" in value for value in values):
            return "PARAM"
        return "OK" if str(asked.get("mobile", "")).isdecimal() else "MOBILE"

    def take(self, asked: dict, authorization: str) -> dict:
        with self.lock:
            self.asked += 1
            code = self.code_of(asked, authorization)
            if code != "OK":
                return {"Code": code, "Message": f"refused: {code} for {asked.get('mobile')}"}
            before = [one for one in self.sent if one["id"] == asked["id"]] if self.honours else []
            if not before:
                self.sent.append({**asked, "receipt": f"SM{len(self.sent) + 1:06d}"})
            return {"Code": "OK", "Message": "taken", "BizId": (before or self.sent)[-1]["receipt"]}

    def replied(self, url: str, headers: dict[str, str], asked: dict) -> dict:
        with self.lock:
            self.busy += 1
            self.most = max(self.most, self.busy)
        time.sleep(self.slow_s)
        told = self.take(asked, headers.get("authorization", ""))
        with self.lock:
            self.busy -= 1
        return told

    def report(self, to: str, receipt: str, status: str, token: str = SECRET) -> int:
        """A delivery report, posted as such gateways do; the HTTP status of the answer."""
        body = json.dumps([{"bizId": receipt, "status": status, "err": "text"}]).encode()
        headers = {"Content-Type": "application/json", "X-Token": token}
        return posted(to, body, headers)


def posted(to: str, body: bytes, headers: dict[str, str]) -> int:
    request = urllib.request.Request(to, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@contextmanager
def sms_gateway_at(port: int, *, honours: bool = False) -> Iterator[SmsGateway]:
    gateway = SmsGateway(port, honours=honours)
    with provider_at(port, gateway):
        yield gateway
