"""All rules of the tree: those that scenes hold, in the order of the console's files, and the rest of the console."""

from collections.abc import Iterator

from controllers.x32.rules.config import config
from controllers.x32.rules.effects import effects
from controllers.x32.rules.outputs import headamps, outputs
from controllers.x32.rules.row import Row
from controllers.x32.rules.shows import libraries, shows
from controllers.x32.rules.strips import strips
from controllers.x32.rules.surface import surface


def everything(line_up: int) -> Iterator[Row]:
    """line_up: of the desk, which the console's selection is."""
    yield from rows()
    yield from surface(line_up)
    yield from shows()
    yield from libraries()


def rows() -> Iterator[Row]:
    """Of the mix."""
    yield from config()
    yield from strips()
    yield from effects()
    yield from outputs()
    yield from headamps()
