"""A desk with a tape machine whose audio, player and recorder are all run by hand, in step."""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile as sf

from studiod.host.library import Library
from studiod.host.offline import Offline
from studiod.memory.shelf import Shelf
from studiod.multitrack.machine import Machine
from studiod.multitrack.markers import Markers
from studiod.multitrack.takes import Takes
from studiod.registry.registry import Console, Value
from studiod.store.store import Store

RATE_HZ = 48_000
SETTLED = 1024  # frames: a patch takes 10 ms
CONSOLE = Console(inputs=4, outputs=4, channels=4, buses=2)


class Rig:
    """desk, machine; outputs 1..4 play track/1..4 unless told otherwise."""

    def __init__(
        self, folder: Path, values: Mapping[str, Value] | None = None, console: Console = CONSOLE,
        recordings: Path | None = None,
    ) -> None:  # fmt: skip
        wired = {f"output/{n}/source": f"track/{n}" for n in range(1, min(console.outputs, console.channels) + 1)}
        self.offline = Offline(console, {**wired, **(values or {})}, block_frames=64, multitrack=True)
        assert self.offline.faults == []
        self.console, self.desk, self.rack = console, self.offline.desk, self.offline.rack
        self.store = Store(None)
        self.library = Library(self.desk, self.store)
        self.machine = Machine(self.desk, self.rack, folder, recordings)
        self.takes, self.markers = Takes(self.machine), Markers(self.machine, Shelf(self.store, "marker"))
        self.folder = recordings or folder / "recordings"
        self.cable = np.zeros((64, min(console.inputs, console.outputs)), np.float32)  # between outputs and inputs

    def run(self, sound: np.ndarray | int, loop: bool = False) -> np.ndarray:
        """Run float32 [frame, input], or so many silent frames; the outputs, [frame, output].

        loop: what the outputs play comes in 64 frames later, as over a cable.
        """
        if isinstance(sound, int):
            sound = np.zeros((sound, self.console.inputs), np.float32)
        parts = []
        for at in range(0, len(sound), 64):
            self.keep_up()
            out = self.offline.run(self.cable[: len(sound[at : at + 64])] if loop else sound[at : at + 64])
            self.cable = np.concatenate([self.cable[len(out) :], out[:, : self.cable.shape[1]]])
            parts.append(out)
        self.keep_up()
        return np.concatenate(parts)

    def keep_up(self) -> None:
        """What the three threads do."""
        while self.machine.player.fill():
            pass
        self.machine.lookback.take_over()
        while self.machine.recorder.step():
            pass

    def do(self, command: str, *words: object) -> list[tuple[Value, ...]]:
        return list(self.desk.do(command, "me", *words))

    @property
    def newest(self) -> Path:
        """The folder of the newest take."""
        return self.folder / str(self.desk.get("recorder/folder"))

    def close(self) -> None:
        self.store.close()
        os.close(self.rack.fd)


def noise(frames: int, lanes: int, seed: int = 3) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((frames, lanes)) * 0.1).astype(np.float32)


def reel_of(folder: Path, sound: np.ndarray, rate_hz: int = RATE_HZ) -> Path:
    """A folder with a float WAV for each lane."""
    folder.mkdir(parents=True, exist_ok=True)
    for lane in range(sound.shape[1]):
        sf.write(folder / f"{lane + 1:02} track.wav", sound[:, lane], rate_hz, subtype="FLOAT")
    return folder


def read_take(folder: Path) -> np.ndarray:
    """float32 [frame, track], in the order of the files' names."""
    return np.stack([sf.read(file, dtype="float32")[0] for file in sorted(folder.glob("*.wav"))], 1)


def armed(rig: Rig, *tracks: int, lookback_s: float = 0.0) -> None:
    rig.desk.change([("recorder/lookback", lookback_s), *((f"ch/{n}/arm", 1) for n in tracks)])
    rig.run(SETTLED)


def take(rig: Rig, sound: np.ndarray) -> np.ndarray:
    """Record while this comes in; the files."""
    rig.desk.set("recorder/state", "record")
    rig.run(sound)
    rig.desk.set("recorder/state", "stop")
    rig.run(64)
    assert not rig.machine.recorder.busy
    return read_take(rig.newest)
