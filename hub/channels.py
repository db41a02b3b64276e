"""The channels of escalation.yaml and delivery.yaml, each as what speaks its protocol."""

from pathlib import Path

from core.ports.notifier import Notifier, Receipts
from response.delivery.providers import SmsVia, WechatVia
from response.delivery.spec import CustomerChannel, DeliveryFile
from response.escalation.spec import Channel, EscalationFile, SmtpChannel, WebhookChannel

OUTBOX = "outbox"
"""In the data folder: where channels of files put them."""


def channels_of(file: EscalationFile, folder: Path, data: Path) -> dict[str, Notifier]:
    """Every channel, by its id. folder: of the configuration, which files of secrets are relative to."""
    return {spec.id: _channel(spec, folder, data) for spec in file.channels}


def customer_channels_of(file: DeliveryFile, folder: Path, data: Path) -> dict[str, Notifier]:
    """Those to customers, by id; in an exercise none, so that nobody can be reached."""
    if file.exercise:
        return {}
    return {channel.id: _to_customers(channel, folder, data) for channel in file.channels}


def receipts_of(file: DeliveryFile, folder: Path) -> dict[str, Receipts]:
    """How the providers' reports are read, by channel."""
    made: dict[str, Receipts] = {}
    for channel in file.channels:
        via = channel.via
        if isinstance(via, SmsVia) and via.reports is not None:
            from core.adapters.sms_receipts import SmsReceipts

            made[channel.id] = SmsReceipts(
                folder / (via.reports_secret_file or via.secret_file),
                list=via.reports.list,
                receipt=via.reports.receipt,
                status=via.reports.status,
                says=via.reports.says,
                delivered=frozenset(via.reports.delivered),
                thanks=via.reports.thanks,
            )
        elif isinstance(via, WechatVia) and via.token_file is not None:
            from core.adapters.wechat_receipts import WechatReceipts

            made[channel.id] = WechatReceipts(folder / via.token_file)
    return made


def _to_customers(channel: CustomerChannel, folder: Path, data: Path) -> Notifier:
    via = channel.via
    if isinstance(via, SmsVia):
        return _sms(via, folder)
    if isinstance(via, WechatVia):
        from core.adapters.wechat_notifier import WechatNotifier

        ca_file = folder / via.ca_file if via.ca_file else None
        secret = folder / via.secret_file
        return WechatNotifier(via.appid, secret, base=via.base, ca_file=ca_file, internal=via.internal)
    return _channel(via, folder, data)


def _sms(via: SmsVia, folder: Path) -> Notifier:
    from core.adapters.sms_notifier import Gateway, SmsNotifier

    gateway = Gateway(
        body=via.body,
        headers=via.headers,
        form=via.form,
        code=via.answer.code,
        receipt=via.answer.receipt,
        says=via.answer.says,
        taken=frozenset(via.answer.taken),
        later=frozenset(via.answer.later),
        nobody=frozenset(via.answer.nobody),
        login=frozenset(via.answer.login),
    )
    ca_file = folder / via.ca_file if via.ca_file else None
    return SmsNotifier(
        via.url, folder / via.secret_file, gateway, sign=via.sign, ca_file=ca_file, internal=via.internal
    )


def _channel(spec: Channel, folder: Path, data: Path) -> Notifier:
    if isinstance(spec, SmtpChannel):
        from core.adapters.smtp_notifier import SmtpNotifier, Tls

        return SmtpNotifier(
            spec.host,
            spec.port,
            spec.sender,
            Tls(spec.tls),
            spec.username,
            folder / spec.password_file if spec.password_file else None,
            folder / spec.ca_file if spec.ca_file else None,
        )
    if isinstance(spec, WebhookChannel):
        from core.adapters.webhook_notifier import WebhookNotifier

        ca_file = folder / spec.ca_file if spec.ca_file else None
        return WebhookNotifier(spec.url, folder / spec.secret_file, ca_file=ca_file, internal=spec.internal)
    from core.adapters.folder_notifier import FolderNotifier

    return FolderNotifier(data / OUTBOX / spec.folder)
