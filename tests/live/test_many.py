"""Many listeners by UDP and WebSocket beside a flood, short and without a clock (figures: tests/bench/many.py)."""

import argparse
from pathlib import Path

import pytest

import servers
from bench import many


def test_every_listener_ends_with_every_value_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "REST_S", 0.2)
    monkeypatch.setattr(many, "SETTLE_S", 1.0)
    asked = argparse.Namespace(udp=8, ws=8, rate=1000.0, seconds=3.0)
    found = many.measure(servers.ROOT, asked, tmp_path / "desk")
    assert found["wrong"] == 0
    assert found["heard"] > 100, "changes reach them while the flood goes on"
    assert found["grown_mb"] < 2.0
