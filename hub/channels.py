"""The channels of escalation.yaml, each as what speaks its protocol."""

from pathlib import Path

from core.ports.notifier import Notifier
from response.escalation.spec import Channel, EscalationFile, SmtpChannel, WebhookChannel

OUTBOX = "outbox"
"""In the data folder: where channels of files put them."""


def channels_of(file: EscalationFile, folder: Path, data: Path) -> dict[str, Notifier]:
    """Every channel, by its id. folder: of the configuration, which files of secrets are relative to."""
    return {spec.id: _channel(spec, folder, data) for spec in file.channels}


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
