"""All sections of the graph, put together: the state of every unit of a console, and every point that can be heard."""

from collections.abc import Iterator

import numpy as np

from studiod.realtime import effects, inputs, mixes, monitor, multitrack, outputs, strip, utility
from studiod.realtime.layout import Size
from studiod.realtime.section import Offer, Section, Unit

# the memory is laid out in this order; SILENCE, of the inputs, comes first
SECTIONS: tuple[Section, ...] = tuple(
    part.SECTION for part in (inputs, strip, multitrack, utility, mixes, effects, monitor, outputs)
)


def units(size: Size) -> Iterator[tuple[int, Unit]]:
    """(number, unit) of every unit of a console."""
    for section in SECTIONS:
        yield from ((number, unit) for number, _, unit in section.there(size))


def states(size: Size) -> dict[int, np.ndarray]:
    """A resting state for every unit of a console, by its number."""
    return {number: unit.state(size, block) for section in SECTIONS for number, block, unit in section.there(size)}


def offers(size: Size) -> dict[str, dict[int, Offer]]:
    """Where each point of a console lies, by tap."""
    found: dict[str, dict[int, Offer]] = {}
    for section in SECTIONS:
        for point, tap, offer in section.offers(size):
            if tap in found.setdefault(point, {}):
                raise ValueError(f"{point}: two rings offer this point at one tap")
            found[point][tap] = offer
    return found
