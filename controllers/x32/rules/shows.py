"""The console's show: its hundred scenes, cues and snippets, and its libraries; what of them the desk has is a list
(controllers/x32/slots.py), the rest is kept."""

from collections.abc import Iterator

from controllers.x32.laws.law import Bits, Text, Whole
from controllers.x32.rules.row import Row

SHOW, SCENES, CUES, SNIPPETS = (
    "-show/showfile/show",
    "-show/showfile/scene",
    "-show/showfile/cue",
    "-show/showfile/snippet",
)
PRESETS = "-libs/ch"
COUNT = 100
CURRENT = "-show/prepos/current"
_NAME, _MASK, _HAS = Text(32), Whole((1 << 31) - 1, -1), Whole(1)


def shows() -> Iterator[Row]:
    yield Row(CURRENT, Whole(COUNT - 1, -1))
    yield Row(f"{SHOW}/name", _NAME, None, "studiod")
    for name in (
        "inputs",
        "mxsends",
        "mxbuses",
        "console",
        "chan16",
        "chan32",
        "return",
        "buses",
        "lrmtxdca",
        "effects",
    ):
        yield Row(f"{SHOW}/{name}", Bits(24))
    for n in range(COUNT):
        x = f"{CUES}/{n:03d}"
        yield Row(f"{x}/numb", Whole(99999))
        yield Row(f"{x}/name", _NAME)
        yield Row(f"{x}/skip", _HAS)
        yield from (Row(f"{x}/{name}", Whole(COUNT - 1, -1), rest="-1") for name in ("scene", "bit"))
        yield Row(f"{x}/miditype", Whole(3))
        yield Row(f"{x}/midichan", Whole(16), rest="1")
        yield from (Row(f"{x}/midipara{k}", Whole(127)) for k in (1, 2))
    for n in range(COUNT):
        x = f"{SCENES}/{n:03d}"
        yield Row(f"{x}/name", _NAME)
        yield Row(f"{x}/notes", Text(64))
        yield Row(f"{x}/safes", Bits(9))
        yield Row(f"{x}/hasdata", _HAS)
    for n in range(COUNT):
        x = f"{SNIPPETS}/{n:03d}"
        yield Row(f"{x}/name", _NAME)
        yield from (Row(f"{x}/{name}", _MASK) for name in ("eventtyp", "channels", "auxbuses", "maingrps"))
        yield Row(f"{x}/hasdata", _HAS)


def libraries() -> Iterator[Row]:
    for kind in ("ch", "fx", "r", "mon"):
        for n in range(1, COUNT + 1):
            x = f"-libs/{kind}/{n:03d}"
            yield Row(f"{x}/pos", Whole(COUNT), rest=str(n))
            yield Row(f"{x}/name", _NAME)
            yield Row(f"{x}/type", Whole(64))
            yield Row(f"{x}/flags", Bits(16))
            yield Row(f"{x}/hasdata", _HAS)
