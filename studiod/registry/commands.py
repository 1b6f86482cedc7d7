"""Every command of the desk and every word of OSC, by name: roles, buttons, answers, help and docs follow from here.

A command that is registered on a desk (studiod/desk/command.py) without standing here is refused, and a daemon does not
start without one that stands here.
"""

from studiod.registry import commands_access, commands_memory, commands_osc, commands_tape
from studiod.registry.command import Command, by_name

GROUPS: dict[str, tuple[Command, ...]] = {  # in the order of the docs
    "Scenes": commands_memory.SCENES,
    "Cues": commands_memory.CUES,
    "Strips": commands_memory.STRIPS,
    "Undo, reset, backup": commands_memory.HISTORY,
    "Takes": commands_tape.TAKES,
    "Markers and moves": commands_tape.PLACES,
    "Tokens": commands_access.TOKENS,
}
DESK = by_name(one for group in GROUPS.values() for one in group)  # by any controller
TALK = by_name(commands_osc.TALK)  # by OSC alone
WAYS = by_name(commands_osc.WAYS)  # before a path
SAID = {line.name: line for line in commands_osc.SAID}
WORDS = by_name([*DESK.values(), *TALK.values()])
