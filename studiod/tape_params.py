"""Parameters of the multitrack: the transport, the recorder, and what feeds its tracks."""

from collections.abc import Iterable

from studiod.template import SAFE, STATUS, VOLATILE, Template, choice, number, switch, text

LONGEST_S = 86_400.0
LOOKBACK_MOST_S = 600.0
FIRST_TRACK, PER_TRACK = 16, 2  # ids

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
    text(8, "alarm", "Why a take stopped by itself, or what it lacks.", STATUS),
]  # fmt: skip
ARM = switch(59, "arm", 0, "Records the track of this channel's number.", SAFE)


def tracks(channels: int, inputs: int) -> Iterable[Template]:
    """What feeds each track of the recorder: raw inputs, so that a soundcheck never records itself."""
    for n in range(1, channels + 1):
        rest = f"input/{n}" if n <= inputs else "none"
        about = "The point that this track records."
        yield Template(FIRST_TRACK + PER_TRACK * (n - 1), f"track/{n}/source", "point", about, rest=rest, flags=SAFE)
