"""Commands of the desk as words of OSC: scenes, presets, copies, undo, redo and the log.

A command's changes take their place among those of its packet: one transaction, at its time.  What else it does comes
when they stand, and is answered line by line, `/scene/recall Verse 12 0`.  What waits for a disk waits off the loop.
"""

import logging
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from controllers.access import refusal
from controllers.osc.plan import Plan, Recall, Steps
from controllers.turns import pause
from studiod.desk.command import Answer, Deed, by_turns, differing
from studiod.desk.desk import Desk
from studiod.net.osc_codec import encode
from studiod.registry.commands import DESK
from studiod.registry.registry import Refusal, Value

_log = logging.getLogger(__name__)
ANSWERS_MAX = 4
COUPLED = ("/link", "/solo", "/insert/fx", "solo/clear", "solo/exclusive", "tap")  # what others hang on


def plan_command(desk: Desk, plan: Plan, word: str, args: list[Any]) -> Steps:
    """Add a command to a plan.  Raises Refusal."""
    client, access = plan.client, plan.access
    if any(isinstance(arg, list) for arg in args):
        raise Refusal(word, "an array among its words", "plain values")
    deed = yield from by_turns(desk.prepare(word, plan.me, *args))
    made, moved = all_made(desk, plan.now, plan.later, deed), desk.moved
    if client.role != "admin":
        barred = access.barred(client.role, (*deed.changes, *deed.asked))
        if barred and not DESK[word].partial:
            raise refusal(deed.aim or barred[0], access.lacks(client.role, barred[0]), client.role)
        deed.left += len(barred)
        for some in (deed.changes, deed.wanted, made):
            for path in access.barred(client.role, some):
                del some[path]
    if deed.fade_s:
        plan.faded += len(deed.changes)
    elif made or deed.wanted:
        if deed.wanted and not plan.later:
            plan.recalls.append(Recall(deed, len(plan.changes), len(made), dict(plan.now), moved, plan.origin))
        if made:
            plan.origin = deed.origin
            plan.now |= made
            plan.changes += made.items() if deed.wanted else desk.accepted(made.items())
    plan.bound(word)

    def act() -> Steps:
        # An answer may hold an unpacked scene until it has left: of one host, so many at a time.
        who, answers = client.who[0], client.turns.answers
        while answers[who] >= ANSWERS_MAX and not client.gone:
            yield pause
        answers[who] += 1
        try:
            lines: Answer = yield from by_turns(deed.act(deed))
            some = (encode(f"/{name}", *values) for name, *values in lines)
            head = [line for _, line in zip(range(2), some, strict=False)]
        except BaseException as fault:
            left(answers, who)
            if isinstance(fault, Refusal) or not isinstance(fault, Exception):
                raise
            _log.exception("%s of %s went wrong", word, client.origin)  # the rest of the packet goes on
            client.complain(f"/{word}", f"{word}: a fault of the desk; its log says more")
            return
        if len(head) > 1:
            client.stream(object(), all_lines(head, some, lambda: left(answers, who)))
            return
        left(answers, who)
        for line in head:
            client.answer(line)

    plan.deeds.append(act)


def renew(desk: Desk, plan: Plan) -> None:
    """Before a plan is carried out at once: what others changed after its commands were planned stands before them, and
    they are the later ones.  What these set and count is found once more, when anything has changed."""
    for one in reversed(plan.recalls):
        if one.moved != desk.moved:
            made = all_made(desk, one.now, False, one.deed)
            plan.changes[one.first : one.first + one.count] = made.items()
            if made and plan.origin == one.origin:
                plan.origin = one.deed.origin


def all_made(desk: Desk, now: dict[str, Value], later: bool, deed: Deed) -> dict[str, Value]:
    """What a deed sets at its place in a packet.  What stands already, and may have moved until then, is set too: at
    a later time all of it, else what the packet changed before, where others may hang on that all of it.  Its changes
    become those beside what the packet has come to by then.  now: what the packet changed before; later: it has a time
    to come."""
    if not deed.wanted:
        return dict(deed.changes)
    if deed.moved != desk.moved:
        deed.changes, deed.moved = differing(deed.wanted, desk.values), desk.moved
    if not (later or now):
        return dict(deed.changes)
    made = deed.wanted
    if not later and not any(path.endswith(COUPLED) for path in now):
        partners = {desk.partner(path) for path in now}
        made = {p: v for p, v in made.items() if p in deed.changes or p in now or p in partners}
    stands = desk.values | now
    deed.changes = dict(made) if deed.fade_s else {path: value for path, value in made.items() if stands[path] != value}
    deed.moved = -1  # these are not what the desk alone would come to
    return dict(made)


def left(answers: Counter[Hashable], who: Hashable) -> None:
    """One answer is over."""
    answers[who] -= 1
    if answers[who] <= 0:
        del answers[who]


def all_lines(head: list[bytes], some: Iterator[bytes], over: Callable[[], None]) -> Iterator[bytes]:
    """An answer, line by line; `over` is called when it has left, or will never leave."""
    try:
        yield from head
        yield from some
    finally:
        over()
