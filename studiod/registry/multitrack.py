"""Parameters of the multitrack: the transport, the recorder, and what feeds its tracks."""

from collections.abc import Iterable, Mapping

from studiod.registry.param import Value
from studiod.registry.template import PLACE, SAFE, STATUS, VOLATILE, Template, choice, number, switch, text

LONGEST_S = 86_400.0
LOOKBACK_MOST_S = 600.0
FIRST_TRACK, PER_TRACK = 16, 2  # ids
PATCHED = "patched"  # of a track: what its channel is patched to

TRANSPORT = [
    choice(0, "state", "stop play", "stop", "Whether the multitrack rolls.", VOLATILE),
    number(1, "position", "s", 0, LONGEST_S, 0, "Where the multitrack stands; writing it locates.", flags=VOLATILE),
    switch(2, "loop/on", 0, "Turns back from the end of the loop to its beginning.", SAFE),
    number(3, "loop/in", "s", 0, LONGEST_S, 0, "Where the loop begins.", flags=SAFE),
    number(4, "loop/out", "s", 0, LONGEST_S, 0, "Where the loop ends, at least 20 ms later.", flags=SAFE),
    switch(5, "soundcheck", 0, "Every channel whose source is input/N hears track/N instead.", VOLATILE),
]
RECORDER = [
    choice(0, "state", "stop record", "stop", "Whether the armed tracks are recorded.", VOLATILE),
    text(1, "take", "What the next take is called, beside its date.", SAFE),
    choice(2, "format", "wav24 wav32f", "wav32f", "How takes are written: 24-bit or float WAV.", SAFE),
    number(3, "remaining", "s", 0, 1e9, 0, "How long the disk lasts for the tracks that are armed.", flags=STATUS),
    number(4, "lookback", "s", 0, LOOKBACK_MOST_S, 60, "How much of the past a take begins with.", flags=SAFE),
    number(5, "offset", "frames", -48000, 48000, 0, "How much later a sound is recorded than heard.", flags=SAFE),
    text(6, "folder", "The folder of the take that is being recorded, or of the last one.", STATUS),
    number(7, "lost", "frames", 0, 1e9, 0, "Frames that are missing in that take.", flags=STATUS),
    text(8, "alarm", "Why a take stopped by itself, what it lacks, or which ones went to make room.", STATUS),
    switch(9, "wastebasket", 1, "Keeps deleted takes until the disk needs their room; off: they go at once.", SAFE),
]  # fmt: skip
ARM = switch(59, "arm", 0, "Records the track of this channel's number.", SAFE | PLACE)


def tracks(channels: int) -> Iterable[Template]:
    """What feeds each track of the recorder."""
    for n in range(1, channels + 1):
        about = f"The point that this track records; {PATCHED}: what channel {n} is patched to."
        id, path = FIRST_TRACK + PER_TRACK * (n - 1), f"track/{n}/source"
        yield Template(id, path, "point", about, rest=PATCHED, items=(PATCHED,), flags=SAFE)


def recorded(values: Mapping[str, Value], n: int, inputs: int) -> str:
    """The point that track n records: never a track, so that nobody records their own playback.

    Where the channel hears a track, it is the input that the track stands for, as in a soundcheck.
    """
    point = str(values[f"recorder/track/{n}/source"])
    if point == PATCHED:
        point = str(values[f"ch/{n}/source"])
        if point.startswith("track/"):
            point = raw(int(point[6:]), inputs)
    return point


def raw(n: int, inputs: int) -> str:
    """The input of a number, on a console of so many."""
    return f"input/{n}" if n <= inputs else "none"


def mended(values: Mapping[str, object], inputs: int) -> dict[str, object]:
    """What is said otherwise now, of a whole state or scene of a desk that had no wastebasket yet: there a track that
    nobody had touched had the input of its number."""
    if "recorder/wastebasket" in values or "recorder/lookback" not in values:
        return {}
    found = {path: path.split("/") for path in values if path.startswith("recorder/track/")}
    return {
        path: PATCHED
        for path, (*_, number, last) in found.items()
        if last == "source" and number.isdecimal() and values[path] == raw(int(number[:9]), inputs)
    }
