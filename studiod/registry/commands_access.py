"""The commands of who may come in: tokens, given and taken."""

from studiod.registry.command import NAME, NUMBER, TEXT, WHOLE, Argument, Command, Line

TOKEN = {"id": TEXT, "name": TEXT, "role": TEXT}

TOKENS = (
    Command(
        "token/new", "bus", "a token: who opens one of the addresses has its role until it ends; it is told once",
        (Argument("role", TEXT, "view, bus:N, mix or admin, at most one's own", "mix"),
         Argument("name", TEXT, "whose it is", "Anna"),
         Argument("hours", NUMBER, "how many hours, at most one's own", 12.0, optional=True)),
        (Line("token/new/address", {"address": TEXT, "svg": TEXT}), Line("token/new/shut", {"why": TEXT}),
         Line("token/new", {**TOKEN, "ends": TEXT})), note="(default: 24 hours)",
    ),
    Command(
        "token/list", "bus", "every token, never the secret in it; who is not admin sees those that he gave", (),
        (Line("token/list", {**TOKEN, "made": TEXT, "ends": TEXT, "by": TEXT}),
         Line("token/list/end", {"count": WHOLE})),
    ),
    Command(
        "token/revoke", "bus", "it ends, with its connections and all that its holder gave to others",
        (Argument("token", NAME, "a token's name or id", "Anna"),),
        (Line("token/revoke/ended", TOKEN), Line("token/revoke", {"count": WHOLE})),
    ),
)  # fmt: skip
