"""What an interface may do, with figures: come late, change its period while it plays, come back at another rate.

`python tests/bench/interface.py [--late S] [--rounds N] [--json]`: on JACK dummy servers, heard by an independent
client that compares samples.  1 when something was not heard, or not told.
"""

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import paths  # noqa: F401  (finds what is imported below)

import servers
from jack_ear import Ear, ear, until
from studiod.client.client import ask

SUFFIX, OUTPUTS = "-loss", 8
HEARD_FRAMES = 1 << 17
BACK_S = 60.0


def word(daemon: servers.Daemon) -> str:
    return str(ask(daemon.host, daemon.osc_port, "status/device"))


@contextlib.contextmanager
def desk(folder: Path) -> Iterator[servers.Daemon]:
    """A daemon whose outputs are its inputs of the same numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    scene = folder / "wires.toml"
    lines = [f'"output/{k}/source" = "input/{k}"' for k in range(1, OUTPUTS + 1)]
    scene.write_text("\n".join(['[scene]\nname = "wires"\n[values]', *lines, ""]))
    tables = {"interface": {"device": "system"}, "virtual": {"start_scene": str(scene)}}
    with servers.Daemon(folder / "desk", tables) as daemon:
        yield daemon


def exact(listener: Ear, lanes: int, frames: int = HEARD_FRAMES) -> int:
    """The shortest of the lanes' longest stretches that came back as they were sent, in frames."""
    with contextlib.suppress(listener.fault):  # the card has gone meanwhile, and its ports
        listener.patch()
    heard = listener.hear(frames)
    return min(listener.exact(heard, lane) for lane in range(lanes))


def late(folder: Path, late_s: float, channels: int) -> dict[str, object]:
    """A server that starts long after the daemon."""
    with desk(folder / f"late-{channels}") as daemon:
        absent = word(daemon)
        time.sleep(late_s)
        with servers.jack_server(folder, suffix=SUFFIX, channels=channels, sync=True) as server:
            began_s = time.monotonic()
            daemon.wait_for("system is there", BACK_S)
            took_s = time.monotonic() - began_s
            lanes = min(channels, OUTPUTS)
            with ear(server, lanes) as listener:
                stretch = exact(listener, lanes)
        return {
            "channels": channels, "before": absent, "there_after_s": round(took_s, 2), "lanes": lanes,
            "exact_frames": stretch, "heard": stretch > HEARD_FRAMES // 2,
        }  # fmt: skip


def periods(folder: Path, rounds: int) -> dict[str, object]:
    """64 to 8192 frames and back while it plays."""
    stretches, losses = [], 0
    with contextlib.ExitStack() as held:
        server = held.enter_context(servers.jack_server(folder, suffix=SUFFIX, channels=OUTPUTS, sync=True))
        daemon = held.enter_context(desk(folder / "periods"))
        listener = held.enter_context(ear(server, OUTPUTS))
        for _ in range(rounds):
            for frames in (8192, 64):
                listener.client.blocksize = frames
                end_s = time.monotonic() + BACK_S
                while (stretch := exact(listener, OUTPUTS)) < HEARD_FRAMES // 2 and time.monotonic() < end_s:
                    until(lambda: word(daemon) == "system", "the interface after a change", BACK_S)
                stretches.append(stretch)
        losses = daemon.stderr.count("stands still")
    return {"changes": 2 * rounds, "losses": losses, "exact_frames_least": min(stretches),
            "heard": min(stretches) > HEARD_FRAMES // 2}  # fmt: skip


def rates(folder: Path, rounds: int) -> dict[str, object]:
    """Away, back at 44.1 kHz, away, back at 48 kHz."""
    found: dict[str, list[float]] = {"stands_after_ms": [], "told_after_s": [], "back_after_s": []}
    heard, told = True, []
    with contextlib.ExitStack() as first:
        server = first.enter_context(servers.jack_server(folder, suffix=SUFFIX, channels=2, sync=True))
        daemon = first.enter_context(desk(folder / "rates"))
        for _ in range(rounds):
            lines = len(daemon.stderr.splitlines())
            began_s = time.monotonic()
            server.kill()
            until(lambda: word(daemon) != "system", "the loss", BACK_S)
            found["stands_after_ms"].append(1000.0 * (time.monotonic() - began_s))
            with servers.jack_server(folder, suffix=SUFFIX, channels=2, rate_hz=44_100) as wrong:
                began_s = time.monotonic()
                until(lambda: "44100 Hz" in word(daemon), "the reason", BACK_S)
                found["told_after_s"].append(time.monotonic() - began_s)
                time.sleep(5.0)
                told.append(sum("44100 Hz" in line for line in daemon.stderr.splitlines()[lines:]))
                wrong.kill()
            server = first.enter_context(servers.jack_server(folder, suffix=SUFFIX, channels=2, sync=True))
            began_s = time.monotonic()
            until(lambda: word(daemon) == "system", "the return", BACK_S)
            found["back_after_s"].append(time.monotonic() - began_s)
            with ear(server, 2) as listener:
                heard = heard and exact(listener, 2) > HEARD_FRAMES // 2
    most = {name: round(max(values), 2) for name, values in found.items()}
    return {"rounds": rounds, **most, "lines_each": sorted(set(told)), "heard": heard and set(told) == {1}}


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--late", type=float, default=30.0, metavar="S", help="how long the interface is absent")
    words.add_argument("--rounds", type=int, default=10, metavar="N")
    words.add_argument("--json", action="store_true")
    args = words.parse_args()
    os.environ |= {"JACK_DEFAULT_SERVER": f"studiod-test{SUFFIX}", "JACK_NO_START_SERVER": "1"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = {f"late_{n}": late(folder, args.late, n) for n in (2, 8, 64)}
        figures |= {"periods": periods(folder, args.rounds), "rates": rates(folder, args.rounds)}
    print(json.dumps(figures) if args.json else "\n".join(f"{name}: {found}" for name, found in figures.items()))
    return 0 if all(found["heard"] for found in figures.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
