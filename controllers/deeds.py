"""A command of the desk, done by a button: nobody hears its answer, so what is refused goes to the log.

On the desk's loop; what waits for a disk is done beside it.
"""

import logging
from collections.abc import Callable
from typing import Any

from studiod.aside import off_loop
from studiod.desk.command import Deed, Errand, Slices, whole
from studiod.desk.desk import Desk
from studiod.registry.registry import Refusal, Value

LOG = logging.getLogger(__name__)


def press(
    desk: Desk,
    origin: str,
    command: str,
    words: tuple[Value, ...] = (),
    told: Callable[[list[Any]], object] = lambda answer: None,
) -> None:
    """Do a command once; told: hears its answer.  A refusal changes nothing and is told in the log."""

    def done(deed: Deed) -> None:
        if deed.changes and not deed.fade_s:
            desk.change(deed.changes.items(), deed.origin)
        follow(deed.act(deed), lambda answer: told([*answer]))  # some do a part of their work as they answer

    def follow(step: Any, then: Callable[[Any], object]) -> None:
        """Hand on what errands come to, and slices, which are done at once."""
        while isinstance(step, Slices):
            step = whole(step)
        if not isinstance(step, Errand):
            then(step)
            return

        def found(value: Any, fault: Exception | None) -> None:
            if fault is not None:
                refused(fault)
            else:
                heeding(lambda: follow(step.then(value), then))

        off_loop(step.work, found)

    def refused(fault: Exception) -> None:
        if not isinstance(fault, Refusal):
            raise fault
        LOG.warning("%s: %s", origin, fault)

    def heeding(job: Callable[[], object]) -> None:
        try:
            job()
        except Refusal as fault:
            refused(fault)

    heeding(lambda: follow(desk.prepare(command, origin, *words), done))
