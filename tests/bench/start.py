"""What a start costs: the cold compile, a second start to sound, and the memory of all processes with 64 channels.

`python tests/bench/start.py [--json] [--cold]`: on a JACK dummy server where there is one, with a MIDI surface, so that
desk, card and ports all run.  The first start compiles Python's bytecode, which an installation has.  --cold compiles
the audio path anew into a folder of its own (a minute).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import paths  # noqa: F401  (finds what is imported below)

import servers
from studiod.diagnostics.bench_live import pss_mb, quick

CHANNELS = 64


def cold_compile_s(folder: Path) -> float:
    """Seconds of `studiod warm` with an empty cache."""
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "studiod", "warm"], check=True, cwd=servers.ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "STUDIOD_CACHE": str(folder)},
    )  # fmt: skip
    return time.monotonic() - began


def second_start(folder: Path, device: str) -> tuple[float, float]:
    """Seconds from exec to a running audio clock, and megabytes (PSS) of all processes ten seconds later."""
    tables = {
        "interface": {"device": device},
        "console": {"channels": CHANNELS},
        "midi": {"api": "jack", "surfaces": [{"name": "nanokontrol2", "port": "virtual"}]},
    }
    with servers.Daemon(folder / "first", tables):
        pass
    began = time.monotonic()
    with servers.Daemon(folder / "second", tables) as daemon:
        took = time.monotonic() - began
        time.sleep(10.0)
        return took, pss_mb(daemon.pid)


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--json", action="store_true")
    words.add_argument("--cold", action="store_true", help="compile with an empty cache as well")
    args = words.parse_args()
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name, servers.jack_server(Path(name), channels=16, outputs=18) as server:
        os.environ.update(server.env)
        os.environ.update(quick(Path(name)))
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        figures["second_start_s"], figures["memory_mb"] = second_start(Path(name), "system")
        if args.cold:
            figures["cold_compile_s"] = cold_compile_s(Path(name) / "cache")
    figures = {key: round(value, 1) for key, value in figures.items()}
    print(json.dumps(figures) if args.json else "\n".join(f"{key} {value}" for key, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
