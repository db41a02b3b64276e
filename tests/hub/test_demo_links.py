"""A link in the demo's messages opens the demo's own portal, as its pages, codes and alerts name it: what a
registered template holds is configuration."""

import re
from pathlib import Path

import pytest

from hub.check import read

_LINK = re.compile(r"https?://[^/\s]+")


@pytest.mark.parametrize("port", ["8081", "18081"])
def test_messages_link_to_the_portal_of_this_demo(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATERHUB_PORTAL_PORT", port)
    configuration = read(Path("configs/demo"))
    assert configuration.delivery is not None
    texts = [
        one.text
        for channel in configuration.delivery.channels
        for one in (*channel.templates, *channel.code_templates)
    ]
    linked = [link for text in texts for link in _LINK.findall(text)]
    assert len(linked) == 4
    assert set(linked) == {configuration.plant.utility.site} == {f"http://127.0.0.1:{port}"}
