"""What one packet of OSC wants: changes, questions and deeds.

Nothing is done until every message of the packet has been planned and the desk has accepted all changes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from controllers.osc_client import Client
from controllers.osc_rights import needed
from studiod.desk import Desk
from studiod.params import Param, Refusal, Value


@dataclass
class Plan:
    """What one packet wants."""

    client: Client
    changes: list[tuple[str, Value]] = field(default_factory=list)
    asks: list[tuple[Param, bool]] = field(default_factory=list)
    deeds: list[Callable[[], None]] = field(default_factory=list)
    now: dict[str, Value] = field(default_factory=dict)  # values within the plan
    origin: str = ""  # whose change it is; a command's own, so that its sender hears of it

    def __post_init__(self) -> None:
        self.origin = self.client.origin

    def put(self, desk: Desk, param: Param, value: object) -> None:
        role = self.client.role
        if role != "admin" and (need := needed(role, param.path, desk)):
            raise Refusal(param.path, f"needs the role {need}", got=f"the role {role}", remedy="grant it in [access]")
        self.now[param.path] = accepted = param.accept(value)
        self.changes.append((param.path, accepted))


def one(path: str, args: list[Any]) -> Any:
    """The one value of a message.  Raises Refusal."""
    if len(args) != 1 or isinstance(args[0], list):
        raise Refusal(path[:80], "not one value", "exactly one value", f"{len(args)} values")
    return args[0]
