"""What is heavy and seldom needed is not loaded when a hub starts."""

import subprocess
import sys

HEAVY = ("opencc", "pypinyin", "reportlab", "PIL")


def test_a_hub_starts_without_what_draws_posters_and_photos_or_spells_names():
    loaded = f"import sys, hub.compose; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    command = [sys.executable, "-c", loaded]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert said.stdout.split() == []
