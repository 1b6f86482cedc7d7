"""One JACK server, one daemon and eight simulated Mackie Control units for all the files of this folder.

An X-Touch with an extender at its left is one surface, a Mackie Control on a slow wire another one, with a line-up of
its own; a Logic Control and an X-Touch Compact share one, three units without sensors, with dead ones, and in a hurry
another.  What stands on them is computed apart (mackie_oracle).  Times are those of the wire's clock.
"""

from collections.abc import Iterator

import pytest

from mackie_stage import Stage, stage


@pytest.fixture(scope="package")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("mackie")) as made:
        try:
            made.agree()
        except AssertionError:  # a unit that has to be answered in time stays dark where a period of JACK was late
            if not made.stalls:
                raise
            made.begin_anew()
            made.agree(within_s=60.0)
        yield made


@pytest.fixture
def desk(played: Stage) -> Stage:
    """In agreement, at home, at rest."""
    played.home()
    played.rest()
    return played
