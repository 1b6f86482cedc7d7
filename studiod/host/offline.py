"""The same graph from samples to samples, faster than real time and deterministic."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np

from studiod.desk.desk import Desk
from studiod.engine.engine import Engine, size_of
from studiod.errors import FileFault
from studiod.memory.scene_format import Move, refused
from studiod.realtime import graph
from studiod.realtime import layout as r
from studiod.realtime.rack import Rack
from studiod.registry.registry import Console, Registry

CHUNK_FRAMES = 4800


class Offline:
    """A whole desk without a clock: desk, engine and rack, run by hand.

    block_frames is the device block that the run is cut into; it changes no bit of the result.
    """

    def __init__(
        self,
        console: Console,
        values: Mapping[str, object] | None = None,
        block_frames: int = 1024,
        multitrack: bool = False,
    ) -> None:
        self.console, self.block_frames = console, block_frames
        self.registry = Registry(console)
        self.rack = Rack.create(size_of(console), multitrack=multitrack)
        self.engine = Engine(self.rack, self.registry)
        self.desk = Desk(self.registry, self.engine)
        self.faults = self.desk.load(values or {})
        self.engine.settle(self.desk.values)

    @property
    def frame(self) -> int:
        """How many frames have run."""
        return int(self.rack.words[r.FRAME])

    def run(self, ins: np.ndarray) -> np.ndarray:
        """Run float32 ins[frame, input], silence on the inputs behind those; the outputs, float32 [frame, output]."""
        ins = np.ascontiguousarray(np.pad(ins, ((0, 0), (0, self.console.inputs - ins.shape[1]))), np.float32)
        outs = np.zeros((len(ins), self.console.outputs), np.float32)
        for at in range(0, len(ins), self.block_frames):
            part = ins[at : at + self.block_frames]
            graph.run(self.rack.base, part.ctypes.data, outs[at:].ctypes.data, len(part))
            self.engine.pump()
        return outs

    def moved(
        self, ins: np.ndarray, moves: Iterable[Move], progress: Callable[[int], None] | None = None
    ) -> np.ndarray:
        """Run with moves at their frames."""
        parts, at, start = [], 0, self.frame
        waiting = sorted(moves, key=lambda move: move.at_s)
        while at < len(ins):
            end = min(at + CHUNK_FRAMES, len(ins))
            due = [m for m in waiting if start + round(m.at_s * self.console.rate_hz) < start + end]
            waiting = waiting[len(due) :]
            play(self.desk, due, start, self.console.rate_hz)
            parts.append(self.run(ins[at:end]))
            at = end
            if progress is not None:
                progress(at)
        return np.concatenate(parts) if parts else np.zeros((0, self.console.outputs), np.float32)


def play(desk: Desk, moves: Iterable[Move], start: int, rate_hz: int) -> None:
    """Post moves: those of one frame are one transaction.  Raises Refusal."""
    by_frame: dict[int, list[tuple[str, object]]] = {}
    for move in moves:
        by_frame.setdefault(start + round(move.at_s * rate_hz), []).append((move.path, move.value))
    for frame, changes in sorted(by_frame.items()):
        desk.change_at(changes, frame, "moves")


def check(desk: Desk, file: str, moves: list[Move]) -> None:
    """Refuse a moves file that this desk would not take.  Raises FileFault, naming all."""
    if lines := refused(desk, moves):
        raise FileFault("\n".join(f"{file}: {line}" for line in lines))


def routed(console: Console, values: Mapping[str, object], points: list[str]) -> tuple[Console, dict[str, object]]:
    """A console whose outputs 1.. are these points, at unity, and nothing else of its output section."""
    kept = {path: value for path, value in values.items() if not path.startswith("output/")}
    kept |= {f"output/{k}/source": point for k, point in enumerate(points, 1)}
    return replace(console, outputs=len(points)), kept
