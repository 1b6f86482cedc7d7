"""The words that OSC has beside the commands of the desk: subscriptions, meters, small talk, ways to set a path."""

from dataclasses import replace

from studiod.registry.command import ECHOED, NUMBER, SWITCH, TEXT, VALUE, WHOLE, Argument, Command, Line

LEASE = Argument("lease", NUMBER, "lease s", optional=True)
HZ = Argument("hz", NUMBER, "max Hz", optional=True)
TO = Argument("to", TEXT, "host:port", "127.0.0.1:9001")
PATTERN = Argument("pattern", TEXT, 'a pattern that starts with "/"', "/ch/*/fader")
BANK = Argument("bank", TEXT, "a bank's name, or a pattern of its meters (ch/*)", "main")
SNAPSHOT = (Line("snapshot/end", {"pattern": TEXT, "count": WHOLE}),)
FRAMES = (Line("meters/*", {}, {"values": NUMBER}),)
PONG = (Line("pong", {}, {"anything": VALUE}),)

TALK = (
    Command(
        "subscribe", "view", "all that matches, then every change by others (default: 30 s, 50 Hz)",
        (PATTERN, LEASE, HZ), SNAPSHOT, own=True,
    ),
    Command(
        "subscribe/to", "view", "the same to another port of one's own host", (TO, PATTERN, LEASE, HZ), SNAPSHOT,
        own=True,
    ),
    Command(
        "unsubscribe", "view", "end a subscription, or all of them and the meters",
        (replace(PATTERN, optional=True, told="a pattern that was subscribed to"),), own=True,
    ),
    Command(
        "meters/subscribe", "view", "a bank of meters, frame by frame (default: 50 Hz, 30 s)", (BANK, HZ, LEASE),
        FRAMES, own=True,
    ),
    Command(
        "meters/subscribe/to", "view", "the same to another port of one's own host", (TO, BANK, HZ, LEASE), FRAMES,
        own=True,
    ),
    Command(
        "meters/unsubscribe", "view", "end a bank, or all of them",
        (replace(BANK, optional=True, told="a bank that it is sent"),), own=True,
    ),
    Command("meters/reset", "mix", "integrated loudness and its range begin anew"),
    Command(
        "iam", "view", "take a name within one's host; without one: who one is",
        (Argument("name", TEXT, 'a name, or "" for none', "Anna", optional=True),),
        (Line("iam", {"name": TEXT, "who": TEXT}),), own=True,
    ),
    Command(
        "join", "view", "over a WebSocket: who one is, by an id that outlives it, and one's role by a token",
        (Argument("id", TEXT, "an id of one's own, hard to guess", "7f3a9c51d2e84b06"),
         Argument("name", TEXT, 'a name for people, or ""', "Anna", optional=True),
         Argument("token", TEXT, "a token", optional=True)),
        (Line("join", {"name": TEXT, "role": TEXT, "who": TEXT}),), own=True,
    ),
    Command(
        "clients", "view", "who is there; addresses are told to admin alone; dropped: packets that it was not sent", (),
        (Line("clients", {**dict.fromkeys(("name", "address", "role", "tongue", "since"), TEXT), "dropped": WHOLE}),
         Line("clients/end", {"count": WHOLE})),
    ),
    Command(
        "echo", "view", "whether one's own changes come back", (Argument("on", SWITCH, "0 or 1", 1),), own=True
    ),
    Command(
        "ping", "view", "is answered with what came",
        (Argument("anything", ECHOED, "anything", 7, optional=True),), PONG,
        own=True,
    ),
    Command(
        "info", "view", "version and size of the console, name and text by turns", (),
        (Line("info", {}, {"texts": TEXT}),),
    ),
    Command("status", "view", "every path under status/", (), (Line("status/*", {"value": VALUE}),)),
)  # fmt: skip

# Before a path, each another way to set it; what is asked is the path's own right.
WAYS = (
    Command("turn", "", "the position of a knob, 0 to 1", (Argument("turn", NUMBER, "0 to 1", 0.7, optional=True),)),
    Command("toggle", "", "a switch to its other side", (Argument("pressed", SWITCH, "1 for pressed", optional=True),)),
    Command("by", "", "so much more, or less", (Argument("step", VALUE, "a step", -2.0),)),
    Command(
        "touch", "", "a finger is down: automation and fades leave the path alone",
        (Argument("down", SWITCH, "1 for down, 0 for up", 1),),
    ),
    Command(
        "hold", "", "a value over another, never stored, gone with its sender",
        (Argument("value", VALUE, "a value", -20.0),),
    ),
)  # fmt: skip

# What a desk says by itself, and nobody answers.
SAID = (
    Line("error", {"address": TEXT, "reason": TEXT}),
    Line("late", {"address": TEXT, "ms": NUMBER}),
    Line("alive", {"count": WHOLE}),
    *PONG,
    *SNAPSHOT,
)
