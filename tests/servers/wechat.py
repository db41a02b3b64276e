"""A real HTTP server that answers as WeChat's service-account interface does: a token, templates by id,
followers by openid, one message a `client_msg_id`, and signed events to a stated address."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.servers.provider import Provider, provider_at
from tests.servers.sms_gateway import posted

APPID, SECRET, TOKEN = "wx0000000000000001", "wechat-secret", "event-token"
TEMPLATES = {"TM_1": ("character_string1", "thing2", "time3")}


@dataclass
class Wechat(Provider):
    """sent: what was taken, in order; known: by client_msg_id. tokens: how many were given. answers:
    errcodes for the next messages. strangers: openids that do not follow."""

    port: int
    sent: list[dict] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    tokens: int = 0
    token: str = ""
    expires_in: int = 7200
    answers: list[int] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    paths: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def replied(self, url: str, headers: dict[str, str], asked: dict) -> dict:
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return self.answer(parts.path, query, asked)

    def answer(self, path: str, query: dict[str, str], asked: dict) -> dict:
        with self.lock:
            self.paths.append(path)
            if path == "/cgi-bin/stable_token":
                return self._token(asked)
            if path == "/cgi-bin/message/template/send":
                return self._message(query.get("access_token"), asked)
            return {"errcode": 404, "errmsg": "no such path"}

    def _token(self, asked: dict) -> dict:
        if asked.get("appid") != APPID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if asked.get("secret") != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if not self.token or asked.get("force_refresh"):
            self.tokens += 1
            self.token = f"token/{self.tokens}+="
        return {"access_token": self.token, "expires_in": self.expires_in}

    def _message(self, token: str | None, asked: dict) -> dict:
        if not self.token or token != self.token:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        if self.answers:
            return {"errcode": self.answers.pop(0), "errmsg": "as bidden"}
        wanted = TEMPLATES.get(asked.get("template_id"))
        if wanted is None:
            return {"errcode": 40037, "errmsg": "invalid template_id"}
        if set(asked["data"]) != set(wanted) or any(len(v["value"]) > 32 for v in asked["data"].values()):
            return {"errcode": 47003, "errmsg": "argument invalid"}
        if asked["touser"] in self.strangers:
            return {"errcode": 43004, "errmsg": "require subscribe"}
        if asked["client_msg_id"] not in self.known:
            self.sent.append(asked)
            self.known[asked["client_msg_id"]] = 200_000_000 + len(self.sent)
        return {"errcode": 0, "errmsg": "ok", "msgid": self.known[asked["client_msg_id"]]}

    def finished(self, to: str, msgid: str, status: str = "success", token: str = TOKEN, at: int = 0) -> int:
        """The event TEMPLATESENDJOBFINISH; the HTTP status of the answer."""
        stamp, nonce = str(at or int(time.time())), "n0nce"
        signature = hashlib.sha1("".join(sorted((token, stamp, nonce))).encode()).hexdigest()
        query = urlencode({"signature": signature, "timestamp": stamp, "nonce": nonce})
        xml = (
            f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o1]]></FromUserName>"
            f"<CreateTime>{stamp}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
            f"<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>{msgid}</MsgID>"
            f"<Status><![CDATA[{status}]]></Status></xml>"
        )
        return posted(f"{to}?{query}", xml.encode(), {"Content-Type": "text/xml"})


@contextmanager
def wechat_at(port: int) -> Iterator[Wechat]:
    wechat = Wechat(port)
    with provider_at(port, wechat):
        yield wechat
