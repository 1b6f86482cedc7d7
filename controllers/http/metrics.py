"""What a monitor of machines reads: health in a few words, and the counters as Prometheus text."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

KIND = "text/plain; version=0.0.4; charset=utf-8"


def health(desk: Any) -> bytes:
    """Whether it plays, and what is wrong, in a few words and without secrets."""
    words = desk.status()
    alarm = str(words.get("alarm", ""))
    told = {"status": "alarm" if alarm else "ok", "device": words.get("device", ""), "frames": words.get("frames", 0)}
    return json.dumps(told).encode()


def lines(words: Mapping[str, Any], counters: Mapping[str, float]) -> Iterator[str]:
    """Prometheus text: every number of the desk's status, and counters of its doors."""
    for name, value in words.items():
        if isinstance(value, bool | int | float) and math.isfinite(value):
            yield f"# TYPE studiod_{_plain(name)} gauge"
            yield f"studiod_{_plain(name)} {float(value):.10g}"
    for name, value in counters.items():
        yield f"# TYPE studiod_{_plain(name)}_total counter"
        yield f"studiod_{_plain(name)}_total {float(value):.10g}"


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)
