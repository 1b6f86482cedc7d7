"""Laws of what a layout asks for: it names what is shown and no more, within what one sender may ask."""

import pytest

from controllers.osc.meters import STREAMS_MAX
from controllers.osc.subscribing import SUBS_MAX
from studiod.layouts.drawn import drawn
from studiod.layouts.stage_control import spoken
from studiod.layouts.wanted import address, addresses, banks, patterns
from studiod.registry.registry import Console, Registry

WHOLE = Console(channels=128, buses=16, returns=16, matrices=16, dcas=16, mute_groups=16)
CHOSEN = 2  # subscriptions of the strip that is chosen


@pytest.mark.parametrize("console", [Console(channels=1, buses=1), Console(channels=9, buses=3, returns=2), WHOLE])
@pytest.mark.parametrize("role", ["mix", "bus:1"])
@pytest.mark.parametrize("strips", [(), (1,)])
@pytest.mark.parametrize("at", [address, spoken])
def test_the_patterns_name_what_is_shown_and_no_more(console: Console, role: str, strips: tuple[int, ...], at) -> None:
    registry = Registry(console)
    shown = list(drawn(registry, role, strips, (), 1024, 768).parts())
    wanted = addresses(registry, shown, at)
    asked = patterns(wanted)
    found: list[str] = []
    for pattern in asked:
        lead = "/turn/" if pattern.startswith("/turn/") else "/"
        found += [lead + param.path for param in registry.match(pattern.removeprefix(lead))]
    assert sorted(found) == sorted(wanted)
    assert len(asked) + CHOSEN <= SUBS_MAX
    assert len(banks(shown)) <= STREAMS_MAX
