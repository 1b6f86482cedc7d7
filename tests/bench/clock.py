"""How evenly a MIDI clock and timecode leave: the times of their messages at a JACK MIDI port against a steady comb.

The comb is the straight line through all messages of a kind; the figures are the distances from it.  JACK hands
messages on at its periods, so that one period is the least spread that can be seen there (ALSA has none).

    python tests/bench/clock.py --seconds 60 --bpm 120
"""

import argparse
import asyncio
import json
import os
import tempfile
from pathlib import Path

import numpy as np
import paths  # noqa: F401  (finds what is imported below)
from test_sync_ports import Peer

import servers
from controllers.sync import sync
from studiod.midi_ports.link import Link
from sync_parts import RollingDesk, midi_settings

WARM_S = 3.0


def spread_ms(at_s: list[float]) -> dict[str, float]:
    """Distances from the line through all, which lies where half of them are early."""
    s = np.array(at_s)
    n = np.arange(len(s))
    off = s - np.polyval(np.polyfit(n, s, 1), n)
    off_ms = np.abs(off - np.median(off)) * 1e3
    p50, p99, most = np.percentile(off_ms, (50, 99, 100))
    return {"messages": len(s), "p50_ms": round(p50, 3), "p99_ms": round(p99, 3), "max_ms": round(most, 3)}


async def measured(bpm: float, seconds: float) -> dict[str, dict[str, float]]:
    peer, link, desk = Peer(), Link("jack"), RollingDesk()
    parts = await sync.start(desk, midi_settings(clock_out="^peer", mtc_out="^peer", fps="25"), link)
    desk.set("tempo", bpm)
    desk.set("transport/state", "play")
    await asyncio.sleep(WARM_S)
    peer.hear()
    peer.heard.clear()
    for _ in range(round(seconds)):
        await asyncio.sleep(1)
        peer.hear()
    await parts.close()
    await link.close()
    peer.close()
    kinds = {"clock": 0xF8, "mtc": 0xF1}
    return {kind: spread_ms([at_s for at_s, data in peer.heard if data[0] == status]) for kind, status in kinds.items()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--bpm", type=float, default=120.0)
    options.add_argument("--period", type=int, default=64, help="frames of the JACK server")
    asked = options.parse_args()
    folder = Path(tempfile.mkdtemp())
    with servers.jack_server(folder, suffix="-midi", sync=True, channels=2, period_frames=asked.period) as server:
        os.environ.update(server.env)
        print(json.dumps(asyncio.run(measured(asked.bpm, asked.seconds)), indent=1))


if __name__ == "__main__":
    main()
