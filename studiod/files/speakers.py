"""Which channel of a file stands where in a room, and what it counts for loudness.

The bits of a WAV's mask: Microsoft, WAVEFORMATEXTENSIBLE.  The order of Vorbis and Opus: Vorbis I specification, 4.3.9;
RFC 7845, 5.1.1.2.  Layouts of CAF and AIFF: Apple Core Audio Format Specification.  What counts: ITU-R BS.1770-5,
Annex 3: 1.41 for what stands at the sides (60 to 120 degrees), nothing for the low-frequency channel, 1 for the rest.
"""

from collections.abc import Sequence

import numpy as np

from dsp import loudness

# L R C: front   Lb Rb Cb: back   Lc Rc: between front and centre   Ls Rs: sides   T...: above   "": anywhere
MASK = ("L", "R", "C", "LFE", "Lb", "Rb", "Lc", "Rc", "Cb", "Ls", "Rs", "T", "TL", "TC", "TR", "TLb", "TCb", "TRb")
VORBIS = {
    1: ("C",),
    2: ("L", "R"),
    3: ("L", "C", "R"),
    4: ("L", "R", "Lb", "Rb"),
    5: ("L", "C", "R", "Lb", "Rb"),
    6: ("L", "C", "R", "Lb", "Rb", "LFE"),
    7: ("L", "C", "R", "Ls", "Rs", "Cb", "LFE"),
    8: ("L", "C", "R", "Ls", "Rs", "Lb", "Rb", "LFE"),
}
# Core Audio: a label each, and its ready-made layouts by the upper half of their tag
LABELS = dict(enumerate(("L", "R", "C", "LFE", "Ls", "Rs", "Lc", "Rc", "Cb", "Ls", "Rs"), 1))
LABELS |= {33: "Lb", 34: "Rb", 37: "LFE", 42: "C"}
TAGS = {
    108: "L R Ls Rs", 113: "L R C", 114: "C L R", 115: "L R C Cb", 116: "C L R Cb",
    117: "L R C Ls Rs", 118: "L R Ls Rs C", 119: "L C R Ls Rs", 120: "C L R Ls Rs",
    121: "L R C LFE Ls Rs", 122: "L R Ls Rs C LFE", 123: "L C R Ls Rs LFE", 124: "C L R Ls Rs LFE",
    125: "L R C LFE Ls Rs Cb", 126: "L R C LFE Ls Rs Lc Rc", 127: "C Lc Rc L R Ls Rs LFE",
    128: "L R C LFE Ls Rs Lb Rb", 131: "L R Cb", 132: "L R Ls Rs", 133: "L R LFE", 134: "L R LFE Cb",
    135: "L R LFE Ls Rs", 136: "L R C LFE", 137: "L R C LFE Cb", 138: "L R Ls Rs LFE",
}  # fmt: skip


def of_mask(mask: int, channels: int) -> tuple[str, ...] | None:
    """The channels by the bits of a WAV's mask, the lowest first; None for a mask that says nothing.

    A channel without a bit stands anywhere.
    """
    names = [name for bit, name in enumerate(MASK) if mask >> bit & 1]
    return tuple((names + [""] * channels)[:channels]) if names else None


def of_core_audio(tag: int, mask: int, labels: Sequence[int], channels: int) -> tuple[str, ...] | None:
    """The channels by a chan chunk: its own labels, a mask, or a layout by its number; None where it says nothing."""
    if tag == 0:
        names = [LABELS.get(label, "") for label in labels]
    elif tag == 1 << 16:
        return of_mask(mask, channels)
    else:
        names = TAGS.get(tag >> 16, "").split() if tag & 0xFFFF == channels else []
    return tuple(names) if len(names) == channels and any(names) else None


def weights(layout: Sequence[str] | None, channels: int) -> np.ndarray:
    """What each channel counts; layout None: by their number, in the order of WAV.  Shape [channels]."""
    if layout is None:
        return np.asarray(loudness.weights(channels))
    sides = {"Ls", "Rs"} if "Ls" in layout or "Rs" in layout else {"Lb", "Rb"}  # alone, the back pair is the surround
    return np.array([0.0 if name == "LFE" else loudness.SIDE if name in sides else 1.0 for name in layout])
