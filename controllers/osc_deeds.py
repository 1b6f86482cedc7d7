"""Commands of the desk as words of OSC: scenes, presets, copies, undo, redo and the log.

A command's changes take their place among those of its packet: one transaction, at its time.  What else it does comes
when they stand, and is answered line by line, `/scene/recall Verse 12 0`.
"""

from typing import Any

from controllers.osc_codec import encode
from controllers.osc_plan import Plan
from controllers.osc_rights import needed, required
from studiod.desk import Desk
from studiod.params import Refusal

WORDS = (
    *(f"scene/{word}" for word in ("store", "recall", "list", "rename", "delete", "diff", "export", "import")),
    *(f"preset/{word}" for word in ("store", "recall", "list", "delete")),
    *(f"take/{word}" for word in ("list", "load", "open", "delete")),
    *(f"marker/{word}" for word in ("add", "list", "delete")),
    *(f"moves/{word}" for word in ("list", "clear", "save")),
    *("locate", "recorder/measure"),
    *("copy", "mix/copy", "autotrim", "undo", "redo", "log"),
)
PARTIAL = ("scene/recall", "undo", "redo")  # what the peer has no right to is left out; elsewhere it is refused


def plan_deed(desk: Desk, plan: Plan, word: str, args: list[Any]) -> None:
    """Add a command to a plan.  Raises Refusal."""
    client = plan.client
    if need := required(client.role, word):
        raise Refusal(word, f"needs the role {need}", got=f"the role {client.role}", remedy="grant it in [access]")
    if any(isinstance(arg, list) for arg in args):
        raise Refusal(word, "an array among its words", "plain values")
    deed = desk.prepare(word, client.origin, *args)
    barred = [path for path in deed.changes if needed(client.role, path, desk)] if client.role != "admin" else []
    if barred and word not in PARTIAL:
        need = needed(client.role, barred[0], desk)
        raise Refusal(barred[0], f"needs the role {need}", got=f"the role {client.role}", remedy="grant it in [access]")
    for path in barred:
        del deed.changes[path]
    deed.left += len(barred)
    if deed.changes and not deed.fade_s:
        plan.origin = deed.origin
        plan.now |= deed.changes
        plan.changes += deed.changes.items()

    def act() -> None:
        lines = [encode(f"/{name}", *values) for name, *values in deed.act(deed)]
        if len(lines) == 1:
            client.reply(lines[0])
        elif not client.stream(object(), lines):
            client.reply(encode("/error", f"/{word}", "too many questions at once; ask again"))

    plan.deeds.append(act)
