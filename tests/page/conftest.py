"""One desk and one browser for all tests of a file; each test opens pages of its own."""

from collections.abc import Callable, Iterator

import pytest

from page_rig import Seen, page_rig
from web_rig import WebRig


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[WebRig, Callable[..., Seen]]]:
    with page_rig() as made:
        yield made


@pytest.fixture
def rig(stage: tuple[WebRig, Callable[..., Seen]]) -> WebRig:
    return stage[0]


@pytest.fixture
def opened(stage: tuple[WebRig, Callable[..., Seen]]) -> Iterator[Callable[..., Seen]]:
    """Opens a page; those of a test are closed after it, and none of them has thrown anything."""
    pages: list[Seen] = []

    def one(place: str = "mix/ch") -> Seen:
        pages.append(stage[1](place))
        return pages[-1]

    yield one
    for page in pages:
        page.close()
