"""Which interface the settings mean, and how large a console is made for it.

The console's size is fixed at the start and stays: a device that comes later, or comes back with other channels, is
mapped onto it by the card.
"""

import logging
from typing import NamedTuple

from studiod.host.device_ask import probe
from studiod.realtime.interface import Found, called, choose
from studiod.settings.schema import Settings

LOG = logging.getLogger(__name__)
VIRTUAL_INPUTS, VIRTUAL_OUTPUTS = 32, 8  # also of a console whose device is not there to be counted
MOST_CHANNELS = 128


class Choice(NamedTuple):
    """The name to open ("virtual": the virtual interface), and the console's inputs and outputs."""

    name: str
    inputs: int
    outputs: int


def pick_device(settings: Settings, found: Found | None = None) -> Choice:
    """The same for a start: the log says where it plays on the virtual interface for want of another.

    found: what was listed already.  Asks a child otherwise, for at most 15 s.
    """
    wanted = settings.interface.device
    chosen = choice(settings, probe() if found is None and wanted != "virtual" else found or [])
    if chosen.name == "virtual" != wanted:
        LOG.warning("no audio output on this machine: playing on the virtual interface")
    return chosen


def choice(settings: Settings, found: Found) -> Choice:
    """What to open, and the console's channels: the settings', else the device's own, else the virtual interface's.

    found: the interfaces of this machine.
    """
    wanted = settings.interface.device
    name, inputs, outputs = "virtual", VIRTUAL_INPUTS, VIRTUAL_OUTPUTS
    if wanted != "virtual":
        try:
            chosen = choose(found, wanted)
        except LookupError:
            if wanted != "default":
                name = wanted  # the runner says that it is not there, and tries it again
        else:
            name = called(found, chosen)
            inputs, outputs = max(chosen["inputs"], 1), chosen["outputs"]
    inputs = settings.interface.inputs or min(inputs, MOST_CHANNELS)
    outputs = settings.interface.outputs or min(outputs, MOST_CHANNELS)
    return Choice(name, inputs, outputs)
