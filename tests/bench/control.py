"""From a message to its first altered sample, heard by a JACK client: OSC over UDP, and a CC over JACK MIDI.

The clock starts right before the message is sent.  The sample's time is that of its place in the period in which the
listening client gets it.  Channel 1 carries a constant, so that the first frame of its fader's glide is seen.

    python tests/bench/control.py --changes 300
"""

import argparse
import json
import os
import select
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import paths  # noqa: F401  (finds what is imported below)
import soundfile as sf
from pythonosc.osc_message_builder import OscMessageBuilder

import servers
from bench.rig import PERIOD_FRAMES, RATE_HZ, Flood, Rig, rig
from studiod.client.client import ask

PER_SECOND = 5000
BOUND_MS = 3 * PERIOD_FRAMES / RATE_HZ * 1e3 + 2.0  # what the median has to stay below
REST_S = 0.06  # between two changes: a fader's glide is long over
SURFACE = """name = "bench"
ports = ["^bench-surface:"]
takeover = "jump"
[[control]]
name = "knob"
cc = 7
path = "ch/1/fader"
"""
SCENE = '[scene]\nname = "bench"\n[values]\n"ch/1/fader" = -6.0\n"ch/1/pan" = -100.0\n'


def settings(folder: Path) -> dict[str, dict[str, Any]]:
    """A constant on channel 1, to the left output; one surface."""
    sf.write(str(folder / "constant.wav"), np.full(RATE_HZ, 0.5, np.float32), RATE_HZ, subtype="FLOAT")
    (folder / "scene.toml").write_text(SCENE)
    surfaces = folder / "config" / "studiod" / "surfaces"
    surfaces.mkdir(parents=True)
    (surfaces / "bench.toml").write_text(SURFACE)
    return {
        "virtual": {"play": [str(folder / "constant.wav")], "loop": True, "start_scene": str(folder / "scene.toml")},
        "midi": {"api": "jack", "surfaces": [{"name": "bench"}]},
    }


def waits_ms(made: Rig, send: Callable[[int], None], changes: int) -> np.ndarray:
    """From right before send(k) to the first altered sample, for each change."""
    waits, jitter = np.zeros(changes), np.random.default_rng(3).uniform(0.0, 0.01, changes)
    for k in range(changes):
        time.sleep(REST_S + jitter[k])  # no change keeps step with the blocks
        assert made.bare.say("arm") == "armed"
        sent_ns = time.monotonic_ns()
        send(k)
        if not select.select([made.bare.process.stdout], [], [], 2.0)[0]:
            raise RuntimeError(f"change {k} altered no sample within 2 s")
        waits[k] = (int(made.bare.line().split()[1]) - sent_ns) / 1e6
    return waits


def by_osc(made: Rig, changes: int) -> np.ndarray:
    """Faders over UDP."""
    ready = []
    for level_db in (-12.0, -6.0):
        message = OscMessageBuilder("/ch/1/fader")
        message.add_arg(level_db)
        ready.append(message.build().dgram)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.connect((made.daemon.host, made.daemon.osc_port))
        return waits_ms(made, lambda k: void(link.send(ready[k % 2])), changes)


def void(_: object) -> None:
    """What was sent has no answer."""


def by_midi(made: Rig, changes: int) -> np.ndarray:
    """A knob over JACK MIDI."""
    rtmidi = servers.need_module("rtmidi")
    os.environ.update(made.server.env)
    knob = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "bench-surface")
    knob.open_virtual_port("knob")
    end_s = time.monotonic() + 20.0
    try:
        value = 80
        while float(str(ask(made.daemon.host, made.daemon.osc_port, "ch/1/fader"))) == -6.0:  # until the port is found
            if time.monotonic() > end_s:
                raise RuntimeError(f"the surface's port was not opened:\n{made.daemon.stderr}")
            knob.send_message([0xB0, 7, value])
            time.sleep(0.1)
        return waits_ms(made, lambda k: knob.send_message([0xB0, 7, (90, value)[k % 2]]), changes)
    finally:
        knob.close_port()
        knob.delete()


def spread(ms: np.ndarray) -> dict[str, Any]:
    p50, p99 = np.percentile(ms, (50, 99))
    return {"p50": round(p50, 2), "p99": round(p99, 2), "max": round(float(ms.max()), 2), "changes": len(ms)}


def measure(made: Rig, changes: int, per_second: int = PER_SECOND) -> dict[str, Any]:
    """Both ways, with a flood of OSC on the side."""
    assert made.bare.say("listen") not in ("", "listening")
    ask(made.daemon.host, made.daemon.osc_port, "ch/1/fader", "-6")
    time.sleep(0.5)
    flood, lost = Flood(made.daemon, per_second) if per_second else None, made.lost_datagrams()
    try:
        time.sleep(0.5)
        osc = by_osc(made, changes - changes % 2)
        midi = by_midi(made, changes)
    finally:
        if flood is not None:
            flood.close()
    made.drain()
    return {
        "bound_ms": round(BOUND_MS, 2),
        "osc_ms": spread(osc),
        "midi_ms": spread(midi),
        "osc_per_second": round(flood.per_second) if flood else 0,
        "osc_lost": made.lost_datagrams() - lost,
    }


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--changes", type=int, default=300)
    words.add_argument("--quiet", action="store_true", help="without the flood, to compare")
    args = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with rig(folder, settings(folder)) as made:
            found = measure(made, args.changes, 0 if args.quiet else PER_SECOND)
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
