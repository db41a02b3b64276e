"""E-mail and webhook against real servers: what answers mean, TLS, logins, and where they will not go."""

import gzip
import hashlib
import hmac
import time
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from core.adapters.pinned_http import Forbidden, allowed
from core.adapters.smtp_notifier import SmtpNotifier, Tls, letter_of
from core.adapters.webhook_notifier import WebhookNotifier
from core.model.message import Delivered, MessageKind, Refused, Retry, Trouble
from tests.compose.authority import Authority
from tests.contracts.test_notifier import CALL
from tests.ports import free_port
from tests.servers.hook import hook_at
from tests.servers.mailbox import mailbox_at


def files_of(folder, host="localhost"):
    """CA file, and a server's certificate and key from it."""
    authority = Authority.new()
    certificate, key = authority.issue(host, [], ["127.0.0.1"])
    folder.mkdir()
    for name, content in (("ca", authority.certificate), ("cert", certificate), ("key", key)):
        (folder / name).write_bytes(content)
    return folder / "ca", (str(folder / "cert"), str(folder / "key"))


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "secret"
    file.write_text("s3cret-of-the-hook\n")
    return file


@pytest.fixture
def hook():
    with hook_at(free_port()) as made:
        yield made


def to(hook, secret, **more):
    return WebhookNotifier(f"http://127.0.0.1:{hook.port}/alarm?x=1", secret, internal=True, **more)


async def test_a_receiver_can_verify_body_and_time_with_the_shared_secret(hook, secret):
    assert isinstance(await to(hook, secret).send(CALL), Delivered)
    ((headers, body),) = hook.got
    fields = dict(part.split("=") for part in headers["x-waterhub-signature"].split(","))
    assert abs(int(fields["t"]) - time.time()) < 60
    mac = hmac.new(b"s3cret-of-the-hook", fields["t"].encode() + b"." + body, hashlib.sha256)
    assert hmac.compare_digest(mac.hexdigest(), fields["v1"])
    assert headers["idempotency-key"] == CALL.key and headers["content-type"] == "application/json"


async def test_its_body_is_an_alertmanagers_and_an_ack_resolves_the_same_group(hook, secret):
    channel = to(hook, secret)
    await channel.send(CALL)
    await channel.send(replace(CALL, key="over", kind=MessageKind.OVER))
    call, over = hook.bodies
    assert (call["version"], call["status"], over["status"]) == ("4", "firing", "resolved")
    assert call["groupKey"] == over["groupKey"] == CALL.subject
    assert call["alerts"][0]["startsAt"] == "2023-11-14T22:13:20.000Z"
    assert call["alerts"][0]["generatorURL"] == CALL.link
    assert call["commonAnnotations"]["summary_zh"] == CALL.title.zh


@pytest.mark.parametrize(
    ("status", "headers", "means"),
    [
        (429, {"Retry-After": "7"}, (Retry, Trouble.BUSY, 7.0)),
        (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, (Retry, Trouble.BUSY, 30.0)),
        (503, {}, (Retry, Trouble.BUSY, None)),
        (500, {}, (Retry, Trouble.SERVER, None)),
        (502, {"Retry-After": "999999"}, (Retry, Trouble.SERVER, 3600.0)),
        (401, {}, (Refused, Trouble.LOGIN, None)),
        (403, {}, (Refused, Trouble.LOGIN, None)),
        (404, {}, (Refused, Trouble.ADDRESS, None)),
        (302, {"Location": "http://127.0.0.1:1/"}, (Refused, Trouble.ADDRESS, None)),
        (400, {}, (Refused, Trouble.CONTENT, None)),
    ],
)
async def test_each_answer_has_its_meaning(hook, secret, status, headers, means):
    hook.answers.append((status, headers, "为什么 why".encode()))
    answer = await to(hook, secret).send(CALL)
    kind, reason, after_s = means
    assert isinstance(answer, kind) and answer.reason is reason and "why" in answer.detail
    assert getattr(answer, "after_s", None) == after_s


async def test_the_receipt_is_the_providers_own_name_for_it(hook, secret):
    hook.answers.append((202, {"X-Receipt": "SM123"}, b"queued"))
    assert await to(hook, secret).send(CALL) == Delivered("SM123")


async def test_an_endless_answer_is_cut_short(hook, secret):
    hook.answers.append((200, {}, b"x" * 5_000_000))
    assert isinstance(await to(hook, secret).send(CALL), Delivered)


async def test_a_webhook_is_verified_by_the_utilitys_own_authority(tmp_path, secret):
    ca, tls = files_of(tmp_path / "ours")
    strange, _ = files_of(tmp_path / "strange")
    with hook_at(free_port(), tls) as hook:
        url = f"https://localhost:{hook.port}/"
        assert isinstance(await WebhookNotifier(url, secret, ca_file=ca, internal=True).send(CALL), Delivered)
        for ca_file in (strange, None):
            answer = await WebhookNotifier(url, secret, ca_file=ca_file, internal=True).send(CALL)
            assert isinstance(answer, Refused) and answer.reason is Trouble.TLS
        assert len(hook.got) == 1


async def test_without_leave_a_webhook_goes_to_public_addresses_only(hook, secret):
    answer = await WebhookNotifier(f"http://localhost:{hook.port}/", secret).send(CALL)
    assert isinstance(answer, Refused) and answer.reason is Trouble.FORBIDDEN and not hook.got
    inner = ["10.0.0.8", "192.168.1.4", "[::1]", "[fd00::1]", "[::ffff:10.0.0.8]", "100.64.0.1"]
    never = [
        "169.254.169.254",
        "[fe80::1]",
        "0.0.0.0",
        "[::]",
        "224.0.0.1",
        "[ff02::1]",
        "[::ffff:169.254.1.1]",
    ]
    for host in inner:
        with pytest.raises(Forbidden, match="`internal: true` is not set"):
            await allowed(urlsplit(f"https://{host}/"), internal=False)
    for host in never:
        with pytest.raises(Forbidden, match="nothing is ever sent there"):
            await allowed(urlsplit(f"https://{host}/"), internal=False)
        with pytest.raises(Forbidden, match="nothing is ever sent there"):
            await allowed(urlsplit(f"https://{host}/"), internal=True)
    for host in inner:
        assert await allowed(urlsplit(f"https://{host}/"), internal=True)


async def test_a_missing_secret_is_said_and_nothing_is_sent_unsigned(hook, tmp_path):
    answer = await to(hook, tmp_path / "none").send(CALL)
    assert isinstance(answer, Refused) and answer.reason is Trouble.SECRET and not hook.got


def mail(port, **more):
    return SmtpNotifier("localhost", port, "hub@example.org", **{"tls": Tls.NONE, **more})


async def test_mail_goes_over_starttls_with_a_login_and_the_utilitys_own_authority(tmp_path, secret):
    ca, tls = files_of(tmp_path / "ours")
    strange, _ = files_of(tmp_path / "strange")
    login = {"tls": Tls.STARTTLS, "username": "hub", "password_file": secret}
    with mailbox_at(free_port(), tls, "s3cret-of-the-hook") as box:
        assert isinstance(await mail(box.port, ca_file=ca, **login).send(CALL), Delivered)
        assert box.logins == [(b"hub", b"s3cret-of-the-hook")]
        answer = await mail(box.port, ca_file=strange, **login).send(CALL)
        assert isinstance(answer, Refused) and answer.reason is Trouble.TLS
        assert len(box.letters) == 1 and len(box.logins) == 1, "no password before TLS stands"
        secret.write_text("other")
        answer = await mail(box.port, ca_file=ca, **login).send(CALL)
        assert isinstance(answer, Refused) and answer.reason is Trouble.LOGIN


async def test_a_server_without_tls_gets_neither_password_nor_letter(secret):
    with mailbox_at(free_port()) as box:
        answer = await mail(box.port, tls=Tls.STARTTLS, username="hub", password_file=secret).send(CALL)
        assert isinstance(answer, Refused) and answer.reason is Trouble.TLS and not box.letters


@pytest.mark.parametrize(
    ("at", "said", "means"),
    [
        ("rcpt", "550 no such user", (Refused, Trouble.ADDRESS)),
        ("rcpt", "451 greylisted", (Retry, Trouble.BUSY)),
        ("data", "452 no room", (Retry, Trouble.BUSY)),
        ("data", "554 spam", (Refused, Trouble.CONTENT)),
    ],
)
async def test_each_refusal_of_a_mail_server_has_its_meaning(at, said, means):
    with mailbox_at(free_port()) as box:
        getattr(box, at).append(said)
        answer = await mail(box.port).send(CALL)
        assert isinstance(answer, means[0]) and answer.reason is means[1] and said in answer.detail


async def test_no_line_of_a_title_or_address_becomes_a_header():
    evil = replace(CALL, title=replace(CALL.title, en="x\r\nBcc: all@example.org\n\nhello"))
    letter = letter_of(evil, "hub@example.org")
    assert letter["Bcc"] is None and "\n" not in str(letter["Subject"])
    with mailbox_at(free_port()) as box:
        answer = await mail(box.port).send(replace(CALL, to="a@example.org\r\nRCPT TO:<b@example.org>"))
        assert isinstance(answer, Refused) and not box.letters


@pytest.mark.parametrize("to", ["@example.org", "a@", "a@@b", "a@b@c", "a@[", "(@)", "duty"])
async def test_an_address_that_is_none_is_an_answer(to):
    for letter in (replace(CALL, to=to), CALL):
        sender = "hub@example.org" if letter is not CALL else to
        channel = SmtpNotifier("localhost", free_port(), sender, Tls.NONE)
        answer = await channel.send(letter)
        assert isinstance(answer, Refused) and answer.reason is Trouble.CONTENT
        await channel.close()


@pytest.mark.parametrize(
    ("status", "said"), [(200, b"not gzip"), (200, gzip.compress(b"x" * 10_000_000)), (503, b"not gzip")]
)
async def test_a_packed_answer_was_not_asked_for_and_is_not_unpacked(hook, secret, status, said):
    hook.answers.append((status, {"Content-Encoding": "gzip"}, said))
    answer = await to(hook, secret).send(CALL)
    assert isinstance(answer, Delivered if status == 200 else Retry)
    assert hook.got[0][0]["accept-encoding"] == "identity"
