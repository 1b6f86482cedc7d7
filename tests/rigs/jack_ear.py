"""An independent JACK client that plays noise into the daemon's interface and takes down what comes out of it.

No two samples of a lane's noise are alike: one that is heard says when it was sent, and a few in a row say which lane.
"""

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np

import servers

NOISE_FRAMES = 1 << 16
LEVEL = 0.25
CARD = re.compile("PortAudio(-[0-9]+)?:")  # as POSIX has it: JACK reads it too
PATCH_S = 10.0


def until(met: Callable[[], object], what: str, limit_s: float = 30.0) -> None:
    """Wait for it; a machine that is busy may take long."""
    end_s = time.monotonic() + limit_s
    while not met():
        assert time.monotonic() < end_s, f"{what}: not within {limit_s:g} s"
        time.sleep(0.02)


def noise(lanes: int) -> np.ndarray:
    """float32 [NOISE_FRAMES, lanes], each sample of a lane another number."""
    rng = np.random.default_rng(11)
    steps = (np.arange(1, NOISE_FRAMES + 1) / NOISE_FRAMES * LEVEL).astype(np.float32)
    return np.stack([rng.permutation(steps) for _ in range(lanes)], 1)


class Ear:
    """The client, with so many lanes each way."""

    def __init__(self, server: servers.JackServer, lanes: int) -> None:
        jack = servers.need_module("jack")
        self.fault = jack.JackError
        self.client = jack.Client("ear", no_start_server=True, servername=server.name)
        self.lanes, self.sent = lanes, noise(lanes)
        self.outs = [self.client.outports.register(f"to_{k}") for k in range(1, lanes + 1)]
        self.ins = [self.client.inports.register(f"from_{k}") for k in range(1, lanes + 1)]
        self.at = 0
        self.blocks: list[int] = []
        self._taken: list[np.ndarray] = []
        self._wanted = threading.Event()
        self.client.set_process_callback(self._process)

    def _process(self, frames: int) -> None:
        rows = (self.at + np.arange(frames)) % NOISE_FRAMES
        for lane, port in enumerate(self.outs):
            port.get_array()[:] = self.sent[rows, lane]
        if self._wanted.is_set():
            self._taken.append(np.stack([port.get_array().copy() for port in self.ins], 1))
            self.blocks.append(frames)
        self.at += frames

    def patch(self) -> tuple[int, int]:
        """Connect both ways to the card of the daemon, lane for lane; how many inputs and outputs it has."""
        found: tuple[list[object], list[object]] = ([], [])

        def there() -> bool:
            ports = [
                self.client.get_ports(CARD.pattern, is_audio=True, **way)
                for way in ({"is_input": True}, {"is_output": True})
            ]
            found[0][:], found[1][:] = (sorted(p, key=lambda port: int(port.name.rpartition("_")[2])) for p in ports)
            return bool(found[1])

        until(there, "the card's ports", PATCH_S)
        pairs = [*zip(self.outs, found[0], strict=False), *zip(found[1], self.ins, strict=False)]
        for source, into in pairs:
            if into not in self.client.get_all_connections(source):
                self.client.connect(source, into)
        return len(found[0]), len(found[1])

    def hear(self, frames: int) -> np.ndarray:
        """The next frames and some more; float32 [frame, lane]."""
        self._taken, self.blocks = [], []
        self._wanted.set()
        until(lambda: sum(map(len, self._taken)) >= frames, "so many frames")
        self._wanted.clear()
        time.sleep(0.05)
        return np.concatenate(self._taken)

    def exact(self, heard: np.ndarray, lane: int, of: int | None = None) -> int:
        """The longest stretch of a lane that is, sample for sample, what was sent to lane `of` (itself); in frames."""
        sent = self.sent[:, lane if of is None else of]
        order = np.argsort(sent)
        found = order[np.searchsorted(sent, heard[:, lane], sorter=order).clip(0, NOISE_FRAMES - 1)]
        same = sent[found] == heard[:, lane]
        follows = np.flatnonzero(~(same[1:] & same[:-1] & ((found[1:] - found[:-1]) % NOISE_FRAMES == 1)))
        edges = np.concatenate([[-1], follows, [len(heard) - 1]])
        return int(np.diff(edges).max())


@contextlib.contextmanager
def ear(server: servers.JackServer, lanes: int) -> Iterator[Ear]:
    """A client that runs, and ends before its server does."""
    made = Ear(server, lanes)
    with made.client:
        yield made
