"""How much later than it was played a sound is recorded: a sweep over a cable, found again to a fraction of a frame.

The desk's side of `/recorder/measure`: the sweep goes from the player's lane 0 straight to an output, the input
straight to the recorder's lane 0; neither is a point, and no value of the desk changes: nothing can stay behind.
"""

import logging
import threading
import time
from concurrent.futures import Future

import numpy as np

from studiod.desk.arguments import Words
from studiod.desk.command import Answer, Deed, Errand
from studiod.engine.engine import Engine
from studiod.multitrack.machine import Machine
from studiod.registry.param import Refusal

LOG = logging.getLogger(__name__)
SWEEP_S, LEVEL = 0.17, 0.25  # -12 dBFS
LEAD_S = 0.3  # the patches and the player need a part of it
LATEST_S = 1.0  # the longest way round, as recorder/offset takes it
CLEAR = 8.0  # how far the sweep has to stand out of what else comes in; noise alone gives about 5
FINE = 64  # steps within a frame
GAP_S = 0.0737  # between two sweeps: no beat of any music
AGREE = 1.0  # frames: what is found of both sweeps differs by less, or it was something else


def sweep(rate_hz: int) -> np.ndarray:
    """From 200 Hz to 0.4 of the rate, with soft ends: float32 [frame]."""
    frames = round(SWEEP_S * rate_hz)
    t = np.arange(frames) / frames
    low, high = 200.0 / rate_hz, 0.4
    turns = frames * (low * t + (high - low) * t * t / 2)
    soft = np.sin(np.minimum(np.minimum(t, 1 - t) * 10, 1.0) * np.pi / 2) ** 2
    return np.asarray(LEVEL * soft * np.sin(2 * np.pi * turns), np.float32)


def found(heard: np.ndarray, sound: np.ndarray) -> tuple[float, float]:
    """At which frame of what was heard a sound begins, in whichever polarity, and how far it stands out.

    The place of the greatest correlation, between the frames by the shift of its spectrum.
    """
    size = 1 << (len(heard) + len(sound) - 1).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sound, size))
    level = np.abs(np.fft.irfft(spectrum, size)[: len(heard)])
    best = int(level.argmax())
    away = np.delete(level, np.arange(max(best - 64, 0), min(best + 65, len(level))))
    clear = float(level[best] / max(np.sqrt(np.mean(away**2)), 1e-12))
    turns = 2j * np.pi * np.arange(len(spectrum)) / size
    places = best + np.arange(-FINE, FINE + 1) / FINE
    shifted, step, fine = spectrum * np.exp(turns * places[0]), np.exp(turns / FINE), []
    for _ in places:
        fine.append(abs(float(shifted.sum().real)))
        shifted *= step
    return float(places[int(np.argmax(fine))]), clear


def twice(sound: np.ndarray, gap: int) -> np.ndarray:
    """A sound, silence of so many frames, and the sound again."""
    return np.concatenate([sound, np.zeros(gap, sound.dtype), sound])


def agreed(heard: np.ndarray, sound: np.ndarray, gap: int) -> tuple[float, float]:
    """What `found` says of a sound that was played twice; nothing stands out where the two do not agree.

    Music on the input has a place where it is most like a sweep, too; but not two of them, so far from each other.
    """
    later = len(sound) + gap
    first, second = found(heard[: len(heard) - later], sound), found(heard[later:], sound)
    return first[0], min(first[1], second[1]) if abs(first[0] - second[0]) < AGREE else 0.0


class Roundtrip:
    """The command, over one machine and one engine."""

    def __init__(self, machine: Machine, engine: Engine) -> None:
        self.machine, self.engine = machine, engine
        self.sound, self.gap = sweep(machine.rate_hz), round(GAP_S * machine.rate_hz)
        self.probe = twice(self.sound, self.gap)
        self._busy = False
        machine.desk.commands["recorder/measure"] = self.measure

    def measure(self, origin: str, *given: object) -> Deed:
        """Over a cable between an output and an input; answered when it is found, in about 2 s."""
        words = Words.of("recorder/measure", given)
        outputs, inputs = self.machine.desk.registry.console.outputs, self.machine.desk.registry.console.inputs
        out = int(words.number("the output", 1, outputs, ""))
        back = int(words.number("the input", 1, inputs, ""))
        words.end()
        if self._busy or self.machine.transport.playing or self.machine.recording or self.machine.recorder.busy:
            raise Refusal("recorder/measure", "the multitrack is busy", remedy="stop it first")

        def act(_: Deed) -> Errand:
            outcome: Future[Answer] = Future()
            job = threading.Thread(
                target=self._wait, args=(self.begin(out, back), out, back, origin, outcome),
                name="studiod-roundtrip", daemon=True,
            )  # fmt: skip
            job.start()  # whoever asked may be gone by its end, and the cable is given back all the same
            return Errand(outcome.result, lambda answer: answer)

        return Deed(origin, {}, act)

    def begin(self, out: int, back: int) -> int:
        """Connect, and plan the sweep; the frame at which it is played."""
        self._busy = True
        self.engine.lend(out, back)
        frame = self.machine.now + round(LEAD_S * self.machine.rate_hz)
        self.machine.player.probe(self.probe, frame)
        return frame

    def _wait(self, frame: int, out: int, back: int, origin: str, outcome: "Future[Answer]") -> None:
        """On a thread of its own."""
        end = frame + len(self.probe) + round(LATEST_S * self.machine.rate_hz)
        until = time.monotonic() + 3 * (LEAD_S + 2 * SWEEP_S + GAP_S + LATEST_S)
        while self.machine.now < end and time.monotonic() < until:
            time.sleep(0.02)
        heard = agreed(self.heard(frame, end), self.sound, self.gap)

        def finish() -> None:
            try:
                outcome.set_result(self.finish(*heard, out, back, origin))
            except Refusal as fault:
                outcome.set_exception(fault)

        self.machine.call(finish)

    def heard(self, frame: int, end: int) -> np.ndarray:
        """What came back from a frame on."""
        ring = self.machine.rack.recorded[0]
        return np.asarray(ring[np.arange(frame, end) % len(ring)])

    def finish(self, frames: float, clear: float, out: int, back: int, origin: str) -> Answer:
        """Disconnect, and take what was found over, with what the output's own source is late by; the answer.

        Raises Refusal, which is in recorder/alarm too, when nothing was found.
        """
        desk, source = self.machine.desk, f"output/{out}/source"
        self.engine.give_back(out, desk.heard)
        self._busy = False
        late = self.engine.late_frames(str(desk.values[source]))
        offset = desk.registry.params["recorder/offset"]
        fault = None
        if clear < CLEAR:
            asked = "is the cable in, nothing else on it, the output open and loud enough?"
            fault = Refusal("recorder/measure", f"no sweep came back from output {out} to input {back}", remedy=asked)
        elif not offset.low <= frames + late <= offset.high:
            span = f"{offset.low:g} to {offset.high:g} frames"
            fault = Refusal("recorder/measure", "the way round is too long", span, f"{frames + late:.0f} frames")
        desk.report("machine", {"recorder/alarm": str(fault or "")})
        if fault:
            LOG.error("%s", fault)
            raise fault
        LOG.info("round trip %.2f frames; the source of output %d is %d frames late", frames, out, late)
        desk.set("recorder/offset", frames + late, f"measure for {origin}")
        return [("recorder/measure", out, back, desk.values["recorder/offset"])]
