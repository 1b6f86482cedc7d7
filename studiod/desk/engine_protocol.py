"""What the desk needs of whatever makes the sound: the engine of the house, or a stand-in."""

from typing import Protocol

import numpy as np

from studiod.registry.param import Value


class Engine(Protocol):
    """Takes changes at frames of the audio clock, and tells its time and its meters."""

    def post(self, changed: dict[str, Value], values: dict[str, Value], frame: int) -> None:
        """Aim at what changed, given all values, from a frame on; frame 0 is the next block."""

    def frame_at(self, ns: int) -> int:
        """The frame of the audio clock at a monotonic time."""

    def meters(self, bank: str, since: int) -> tuple[list[float], int]:
        """The most of a bank in the 10 ms cells from since on, and where to go on.  Raises Refusal."""

    def inputs(self, since: int) -> tuple[np.ndarray, np.ndarray, int]:
        """Peak and mean square of every input, [cell, input] each, in the 10 ms cells from since on, and where to go
        on."""

    def reset_meters(self) -> None:
        """Begin integrated loudness anew."""

    def words(self) -> dict[str, Value]:
        """frames, missed, clock_ppm, device … of the runner."""
