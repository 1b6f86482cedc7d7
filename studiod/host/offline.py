"""The same graph from samples to samples, faster than real time and deterministic."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
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

BLOCK_FRAMES, CHUNK_FRAMES = 1024, 4800
LONGEST_FRAMES = 1 << 62


class Offline:
    """A whole desk without a clock: desk, engine and rack, run by hand.

    block_frames is the device block that the run is cut into; it changes no bit of the result.  spared: what nobody
    hears or reads, as of `realtime.layout`.
    """

    def __init__(
        self,
        console: Console,
        values: Mapping[str, object] | None = None,
        block_frames: int = BLOCK_FRAMES,
        multitrack: bool = False,
        spared: int = 0,
    ) -> None:
        self.console, self.block_frames = console, block_frames
        self.registry = Registry(console)
        self.rack = Rack.create(size_of(console), multitrack=multitrack)
        self.rack.words[r.SPARED] = spared
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
        if ins.shape[1] < self.console.inputs:
            ins = np.pad(ins, ((0, 0), (0, self.console.inputs - ins.shape[1])))
        ins = np.ascontiguousarray(ins, np.float32)
        outs = np.zeros((len(ins), self.console.outputs), np.float32)
        at, waits = 0, self.engine.pump()
        while at < len(ins):
            part = ins[at : at + (min(self.block_frames, BLOCK_FRAMES) if waits else self.block_frames)]
            graph.run(self.rack.base, part.ctypes.data, outs[at:].ctypes.data, len(part))
            at, waits = at + len(part), self.engine.pump()
        return outs

    def moved(self, ins: np.ndarray, moves: Iterable[Move]) -> np.ndarray:
        """Run with moves at their frames."""
        return np.concatenate([*self.through([ins], moves)])

    def through(self, pieces: Iterable[np.ndarray], moves: Iterable[Move]) -> Iterator[np.ndarray]:
        """Run piece after piece, of any lengths, with moves at their frames from now on; what each gives, as it comes.

        Moves are posted at the head of the CHUNK_FRAMES that they fall into, wherever the pieces are cut.
        """
        start, rate_hz = self.frame, self.console.rate_hz
        waiting = deque(sorted(moves, key=lambda move: move.at_s))
        for ins in pieces:
            out, at = np.empty((len(ins), self.console.outputs), np.float32), 0
            while at < len(ins):
                done = self.frame - start
                end = (done // CHUNK_FRAMES + 1) * CHUNK_FRAMES
                if done % CHUNK_FRAMES == 0:
                    due = []
                    while waiting and round(waiting[0].at_s * rate_hz) < end:
                        due.append(waiting.popleft())
                    play(self.desk, due, start, rate_hz)
                if not self.engine.pump():  # nothing to post before the next move
                    end = round(waiting[0].at_s * rate_hz) // CHUNK_FRAMES * CHUNK_FRAMES if waiting else LONGEST_FRAMES
                part = ins[at : at + end - done]
                out[at : at + len(part)] = self.run(part)
                at += len(part)
            yield out


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
