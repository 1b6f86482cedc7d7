"""Strips per core beside others, in one run by turns: the judge in C, studiod, Faust, JUCE and LV2 plug-ins.

    python tests/bench/peers.py [--install] [--strips 64] [--turns 40] [--json]

Each plays the same second of music through so many standard strips (studiod/diagnostics/bench.py) of its own: trim, low
cut, gate, four EQ bands, compressor, meter, fader, with 16 sends and the mains; figures are processor time, the median
and the least of all turns.  What a peer lacks stands beside it.  --install: what is missing is asked of apt (as root).
"""

import argparse
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import paths

from studiod.diagnostics.bench import SENDS, appointed, desk
from studiod.diagnostics.bench_player import BLOCK_FRAMES, RATE_HZ, Player, music, one_core

SOURCES = paths.ROOT / "tests" / "bench" / "peers_src"
JUCE = Path("/usr/share/juce/modules")
PACKAGES = {
    "faust": "faust", "g++": "g++", "lilv": "liblilv-dev", "lv2": "lv2-dev", "juce": "juce-modules-source",
    "zlib": "zlib1g-dev", "x42": "x42-plugins", "zam": "zam-plugins", "lsp": "lsp-plugins-lv2",
}  # fmt: skip
FLAGS = ["-Ofast", "-march=native", "-shared", "-fPIC", "-w", f"-I{SOURCES}"]
MODULES = ("core", "audio_basics", "audio_formats", "dsp")
JUCE_FLAGS = [
    "-std=c++17", "-DNDEBUG=1", "-DJUCE_GLOBAL_MODULE_SETTINGS_INCLUDED=1", "-DJUCE_STANDALONE_APPLICATION=0",
    *(f"-DJUCE_USE_{one}=0" for one in ("CURL", "FLAC", "OGGVORBIS")),
    *(f"-DJUCE_MODULE_AVAILABLE_juce_{one}=1" for one in MODULES), f"-I{JUCE}",
]  # fmt: skip
EQ = "sec1=1 freq1=400 gain1=-4 sec2=1 freq2=2500 gain2=2.5 sec3=1 freq3=1000 gain3=1 sec4=1 freq4=5000 gain4=-1"
SHELVES = "LSsec=1 LSfreq=100 LSgain=3 HSsec=1 HSfreq=8000 HSgain=-2"
LSP = "http://lsp-plug.in/plugins/lv2"
BANDS = " ".join(f"ft_{k}={kind} f_{k}={hz} g_{k}={gain}" for k, (kind, hz, gain) in enumerate(
    [(2, 90, 1), (2, 90, 1), (5, 100, 1.4), (1, 400, 0.63), (1, 2500, 1.33), (3, 8000, 0.8)]))  # fmt: skip
CHAINS = {
    "LV2: Zam gate and compressor, x42 EQ": (
        "urn:zamaudio:ZamGate thr=-30 close=-60 att=1 rel=40\n"
        f"http://gareus.org/oss/lv2/fil4#mono enable=1 HighPass=1 HPfreq=90 {EQ} {SHELVES}\n"
        "urn:zamaudio:ZamComp thr=-24 rat=4 kn=4 att=10 rel=100 mak=3"
    ),
    "LV2: LSP gate, EQ, compressor": (
        f"{LSP}/gate_mono gt=0.03 at=1 rt=40\n{LSP}/para_equalizer_x16_mono {BANDS}\n"
        f"{LSP}/compressor_mono al=0.063 cr=4 at=10 rt=100 kn=0.35 mk=1.4"
    ),
}
Blocks = Callable[[int, int], None]


class Missing(RuntimeError):
    """A peer cannot be there; the text says why."""


def installed() -> list[str]:
    """Packages that apt was asked for, as far as they are there now."""
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES.values()]):
        subprocess.run(["apt-get", "-q", *command], check=False, stdout=subprocess.DEVNULL)
    return list(PACKAGES.values())


def made(command: list[str], needs: str) -> None:
    """Run a compiler.  Raises Missing."""
    if not shutil.which(command[0]):
        raise Missing(f"{command[0]} is not installed (Debian package {PACKAGES.get(command[0], needs)})")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"{command[0]} failed (Debian package {needs}): {(done.stderr.strip() or '?').splitlines()[0]}")


class Peer:
    """A library of tests/bench/peers_src, with strips of its own.  Raises Missing."""

    def __init__(self, library: Path, strips: int, chain: str = "") -> None:
        self._library, self.strips = ctypes.CDLL(str(library)), strips
        self._library.peer_open.restype, self._library.peer_open.argtypes = (
            ctypes.c_char_p,
            [ctypes.c_int, ctypes.c_double],
        )
        self._library.peer_run.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_int] * 2
        if chain:
            self._library.peer_chain(chain.encode())
        if why := self._library.peer_open(strips, float(RATE_HZ)):
            raise Missing(why.decode(errors="replace"))
        blocks = RATE_HZ // BLOCK_FRAMES
        sound = music(blocks * BLOCK_FRAMES, strips).reshape(blocks, BLOCK_FRAMES, strips)
        self.ins = np.ascontiguousarray(sound.transpose(0, 2, 1))
        self.gains = np.full((strips, SENDS + 2), 0.1, np.float32)
        self.mixed = np.zeros((SENDS + 2, BLOCK_FRAMES), np.float32)

    def __call__(self, first: int, count: int) -> None:
        gains, mixed = self.gains.ctypes.data, self.mixed.ctypes.data
        for block in range(first, first + count):
            self._library.peer_run(self.ins[block % len(self.ins)].ctypes.data, gains, mixed, self.strips, BLOCK_FRAMES)

    def heard(self) -> None:
        """It lets loud sound through, and less of it than it got.  Raises Missing."""
        found = 0.0
        for block in range(RATE_HZ // BLOCK_FRAMES // 2):
            self(block, 1)
            found = max(found, float(np.abs(self.mixed).max()))
        if not 1e-6 < found < 1e3:
            raise Missing(f"its strips play {found:.1e} where music goes in: not what it should do")


def faust(folder: Path, strips: int, *flags: str) -> Peer:
    """Strips that Faust compiles.  Raises Missing."""
    code, library = folder / f"strip{len(flags)}.h", folder / f"faust{len(flags)}.so"
    made(
        ["faust", "-lang", "cpp", "-single", *flags, "-cn", "Strip", str(SOURCES / "strip.dsp"), "-o", str(code)],
        "faust",
    )
    made(["g++", *FLAGS, f'-DGENERATED="{code}"', str(SOURCES / "faust_host.cpp"), "-o", str(library)], "faust")
    return Peer(library, strips)


def juce(folder: Path, strips: int) -> Peer:
    """Strips of JUCE's own units.  Raises Missing."""
    if not JUCE.is_dir():
        raise Missing(f"no JUCE modules in {JUCE} (Debian package {PACKAGES['juce']})")
    sources = [str(SOURCES / name) for name in ("juce_modules.cpp", "juce_host.cpp")]
    libraries = ["-lpthread", "-ldl", "-lrt", "-lz"]
    made(["g++", *FLAGS, *JUCE_FLAGS, *sources, "-o", str(folder / "juce.so"), *libraries], PACKAGES["juce"])
    return Peer(folder / "juce.so", strips)


def lv2(folder: Path, strips: int, chain: str) -> Peer:
    """Strips of plug-ins, in a library of their own each: it holds one chain.  Raises Missing."""
    library = folder / f"lv2-{len(list(folder.glob('lv2-*.so')))}.so"
    made(
        ["gcc", *FLAGS, "-I/usr/include/lilv-0", str(SOURCES / "lv2_host.c"), "-o", str(library), "-llilv-0"],
        "liblilv-dev",
    )
    return Peer(library, strips, chain)


def in_turns_us(players: list[Blocks], turns: int, blocks: int = 20) -> np.ndarray:
    """Microseconds of this thread's processor time a block, [turn, player]."""
    took = np.zeros((turns, len(players)))
    with one_core():
        for turn in range(turns):
            for n, play in enumerate(players):
                first = turn * blocks % (RATE_HZ // BLOCK_FRAMES - blocks - 2)
                play(first, 2)  # its memory back into the caches
                began = time.thread_time_ns()
                play(first + 2, blocks)
                took[turn, n] = (time.thread_time_ns() - began) / 1e3 / blocks
    return took


def measured(strips: int, turns: int) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """Figures of each peer by name, and why others are not there."""
    judge, said = appointed(strips)
    players: dict[str, Blocks] = {"studiod": Player(desk(strips))}
    lacks = {} if judge else {"judge": said}
    if judge:
        players = {"C judge": judge, **players}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        makers: dict[str, Callable[[], Peer]] = {
            "Faust": lambda: faust(folder, strips),
            "Faust -vec": lambda: faust(folder, strips, "-vec"),
            "JUCE dsp": lambda: juce(folder, strips),
            **{name: lambda chain=chain: lv2(folder, strips, chain) for name, chain in CHAINS.items()},  # type: ignore[misc]
        }
        for label, make in makers.items():
            try:
                peer = make()
                peer.heard()
                players[label] = peer
            except (Missing, OSError) as why:
                lacks[label] = str(why)
        took = in_turns_us(list(players.values()), turns)
    period_us, figures = BLOCK_FRAMES / RATE_HZ * 1e6, {}
    for label, own in zip(players, took.T, strict=True):
        median, least = float(np.median(own)), float(own.min())
        figures[label] = {"block_us": median, "least_us": least, "strips_per_core": strips * period_us / least}
    return figures, lacks


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--install", action="store_true", help="ask apt for what is missing")
    words.add_argument("--strips", type=int, default=64, help="by eight, at most 256")
    words.add_argument("--turns", type=int, default=40)
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    if given.install:
        installed()
    figures, lacks = measured(given.strips, given.turns)
    if given.json:
        print(json.dumps({"figures": figures, "lacks": lacks, "load": os.getloadavg()[0]}))
        return 0
    print(f"{'':40} median us  least us  strips per core   (load {os.getloadavg()[0]:.1f})")
    for label, row in figures.items():
        print(f"{label:40} {row['block_us']:9.1f} {row['least_us']:9.1f} {row['strips_per_core']:16.0f}")
    for label, why in lacks.items():
        print(f"{label:40} not here: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
