"""Run in a copy of the checkout with every patch applied: the new things, from a desk's values to a strip's sound.

Prints JSON.  Compiles a strip and the monitor alone, without optimising: a quarter of what the graph would take.
"""

import json

import numpy as np

from dsp.core import rt, standing

standing.standing = lambda name, arguments: rt.rt  # compiled when it is called, and only then

from studiod.realtime import effects  # noqa: E402

effects.in_place = rt.rt(lambda base, words, place, u, now: None)

from studiod.desk.desk import Desk  # noqa: E402
from studiod.engine.engine import Engine, size_of  # noqa: E402
from studiod.realtime import layout, monitor, queue, strip  # noqa: E402
from studiod.realtime.rack import Rack  # noqa: E402
from studiod.registry.registry import Console, Registry  # noqa: E402

CONSOLE = Console(2, 2, 3, 1, returns=1, matrices=1)
FRAMES = 3200


def started(values):
    """A desk at rest on values, without a graph."""
    registry = Registry(CONSOLE)
    rack = Rack.create(size_of(CONSOLE))
    engine = Engine(rack, registry)
    desk = Desk(registry, engine)
    faults = desk.load(values)
    assert not faults, faults
    slots, numbers, glides = zip(*engine.aims.entries(desk.values, desk.values), strict=True)
    queue.put_all(rack.base, np.array(slots), np.array(numbers, float), np.minimum(glides, 0))  # all at once
    return rack, engine, desk


def heard(values, bank=layout.INPUT_BANK):
    """What a bank of strips makes of seeded noise with those values, [frame, lane], and its desk."""
    rack, engine, _ = started({f"ch/{n}/fader": 0.0 for n in (1, 2, 3)} | values)
    lanes = rack.size.lanes(bank)
    noise = np.random.default_rng(1).standard_normal((FRAMES, lanes)) * np.repeat([0.2, 0.002], FRAMES // 2)[:, None]
    work, out = rack.state(bank * layout.BLOCK + strip.WORK), []
    for at in range(0, FRAMES, layout.QUANTUM):
        work[:] = noise[at : at + layout.QUANTUM]
        strip.run(rack.base, bank, layout.QUANTUM, at)
        out.append(work.copy())
    rack.words[layout.FRAME] = FRAMES
    return np.concatenate(out), engine


def apart(a, b):
    """How far two sounds are apart on each lane."""
    return np.abs(a - b).max(axis=0).tolist()


plain, _ = heard({})
told = {}
on, engine = heard({"ch/2/deesser/on": 1})
told["deesser"] = apart(plain, on)
told["taken"] = engine.meters("deesser", 0)[0]
loose, _ = heard({"ch/2/deesser/on": 1, "ch/2/deesser/range": 2.0})
told["range"] = apart(on, loose)
gated, _ = heard({"ch/1/gate/on": 1, "ch/1/gate/threshold": -20.0})
half, _ = heard({"ch/1/gate/on": 1, "ch/1/gate/threshold": -20.0, "ch/1/gate/mix": 50.0})
told["mix"] = apart(gated, half)

rack, engine, desk = started({"output/1/source": "solo/l"})
solo = rack.state(monitor.SOLO_WORK)
solo[:] = np.arange(solo.size).reshape(solo.shape)
monitor.run(rack.base, layout.QUANTUM, 0)
column = engine.aims.points.column("solo/r", layout.TAP_POST_FADER, layout.OUT)
told["solo"] = rack.memory[column[0] :: column[1]][: layout.QUANTUM].tolist() == solo[:, 1].tolist()
print(json.dumps(told))
