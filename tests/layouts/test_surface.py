"""Laws of what a tablet shows, whatever the app, for every size of a console."""

import pytest

from studiod.layouts.drawn import SENDS, STRIPS, drawn
from studiod.layouts.surface import BAR, FADER, TABS, Book, Page, Part, Surface
from studiod.registry.registry import Console, Registry

CONSOLES = {
    1: Console(channels=1, buses=1, returns=0, dcas=0, matrices=0, mute_groups=0),
    9: Console(channels=9, buses=3, returns=2, dcas=2, matrices=1),
    32: Console(channels=32, buses=16, returns=4, dcas=8),
    128: Console(channels=128, buses=16, returns=16, dcas=16, matrices=16),
}
REGISTRIES = {count: Registry(console) for count, console in CONSOLES.items()}


def rooms(one: Book | Page, height: int) -> list[tuple[Page, int]]:
    """Each page, and how high it is."""
    if isinstance(one, Page):
        return [(one, height)]
    return [found for page in one.pages for found in rooms(page, height - TABS)]


def over(one: Part, other: Part) -> bool:
    (ax, ay, aw, ah), (bx, by, bw, bh) = one.frame, other.frame
    return ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah


@pytest.mark.parametrize("size", [(1024, 768), (768, 1024), (320, 320), (2732, 2048)])
@pytest.mark.parametrize("role", ["mix", "bus:1"])
@pytest.mark.parametrize("channels", sorted(CONSOLES))
def test_parts_stand_on_their_page_and_apart_and_no_fader_is_narrow(
    channels: int, role: str, size: tuple[int, int]
) -> None:
    surface: Surface = drawn(REGISTRIES[channels], role, (), ["Verse"], *size)
    for page, room in rooms(surface.book, size[1] - BAR):
        assert page.parts
        for k, one in enumerate(page.parts):
            x, y, w, h = one.frame
            assert x >= 0, one
            assert y >= 0, one
            assert w > 0, one
            assert h > 0, one
            assert x + w <= size[0], one
            assert y + h <= room, one
            if one.kind in ("fader", "knob"):
                assert w >= FADER, one
            assert not [other for other in page.parts[:k] if over(one, other)], one


@pytest.mark.parametrize("role", ["mix", "bus:1"])
def test_no_fader_is_narrow_on_any_screen(role: str) -> None:
    for width in range(320, 1400, 4):
        surface = drawn(REGISTRIES[9], role, (), (), width, 768)
        assert min(one.frame[2] for one in surface.parts() if one.kind in ("fader", "knob")) >= FADER, width


@pytest.mark.parametrize("channels", sorted(CONSOLES))
def test_a_page_has_eight_strips_or_sixteen_sends_at_most_and_at_1024_px_so_many(channels: int) -> None:
    surface = drawn(REGISTRIES[channels], "mix", (), (), 1024, 768)
    for path, most in (("/fader", STRIPS), ("/level", SENDS)):
        counts = [sum(one.kind == "fader" and one.path.endswith(path) and one.path.startswith("ch/")
                      for one in page.parts) for page, _ in rooms(surface.book, 768)]  # fmt: skip
        assert max(counts) == min(channels, most)
