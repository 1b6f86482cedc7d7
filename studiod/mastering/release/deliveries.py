"""The formats that a release can have: their words in an album file, their rates, folders and endings."""

from dataclasses import dataclass

from studiod.mastering.timeline import RATES_HZ
from studiod.registry.alike import closest


@dataclass(frozen=True, slots=True)
class Delivery:
    """name: as an album file has it.  word: int16, int24 or float32.  rate_hz 0: the highest of the songs."""

    name: str
    kind: str
    word: str
    rate_hz: int
    ending: str

    @property
    def folder(self) -> str:
        return self.name.replace("@", "-")


# kind: word, rate, ending, whether another rate may be asked for
KINDS = {
    "wav24": ("int24", 0, ".wav", True),
    "wav16": ("int16", 0, ".wav", True),
    "wav32f": ("float32", 0, ".wav", True),
    "flac": ("int24", 0, ".flac", True),
    "mp3": ("float32", 44100, ".mp3", False),
    "ogg": ("float32", 44100, ".ogg", False),
    "opus": ("float32", 48000, ".opus", False),
    "cd": ("int16", 44100, ".wav", False),
}
LOSSY = ("mp3", "ogg", "opus")


def delivery(text: object) -> Delivery:
    """The format that a word of an album file names.  Raises ValueError: what was expected."""
    kind, at, rate = text.partition("@") if isinstance(text, str) else ("", "", "")
    if kind not in KINDS:
        near = closest(kind, KINDS)
        raise ValueError(f"one of {' '.join(KINDS)}" + (f"; nearest is {near}" if near else ""))
    word, rate_hz, ending, free = KINDS[kind]
    if at:
        if not free:
            raise ValueError(f"{kind} alone: its rate is {rate_hz} Hz")
        if rate not in map(str, RATES_HZ):
            raise ValueError(f"{kind}@ and one of {' '.join(map(str, RATES_HZ))} Hz")
        rate_hz = int(rate)
    return Delivery(str(text), kind, word, rate_hz, ending)


def settled(one: Delivery, highest_hz: int) -> Delivery:
    """The same with its rate, where that was left to the songs."""
    return one if one.rate_hz else Delivery(one.name, one.kind, one.word, highest_hz, one.ending)
