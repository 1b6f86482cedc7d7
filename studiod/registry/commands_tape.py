"""The commands of the multitrack: takes, markers, automation."""

from studiod.registry.command import KEY, NAME, NUMBER, PLACE, SWITCH, TEXT, WHOLE, Argument, Command, Line

COUNT = {"count": WHOLE}
TAKE = {"name": TEXT, "seconds": NUMBER, "tracks": WHOLE}
LOADED = {"name": TEXT, "tracks": WHOLE, "left": WHOLE, "seconds": NUMBER}  # left: tracks without a channel
MARKER = {"name": TEXT, "seconds": NUMBER}
ADD = Argument("add", SWITCH, "add 0 or 1", optional=True)

TAKES = (
    Command(
        "take/list", "view", "every take; tracks 0: a folder that is none", (),
        (Line("take/list", TAKE), Line("take/list/end", COUNT)),
    ),
    Command(
        "take/load", "mix", "a take into the player; add 1 keeps the tracks that it does not have",
        (Argument("take", KEY, "a take's name or place in the list", 1), ADD), (Line("take/load", LOADED),),
    ),
    Command(
        "take/open", "admin", "the sound files of a folder, or one file, side by side into the player",
        (Argument("path", TEXT, "a folder of sound files or one file", "/srv/songs/Intro"), ADD),
        (Line("take/open/left_out", {"line": TEXT}), Line("take/open", LOADED)),
    ),
    Command(
        "take/delete", "admin", "a take into the wastebasket", (Argument("take", NAME, "a take's name", "Friday"),),
        (Line("take/delete", {"name": TEXT}),),
    ),
    Command(
        "take/deleted", "view", "every take in the wastebasket", (),
        (Line("take/deleted", TAKE), Line("take/deleted/end", COUNT)),
    ),
    Command(
        "take/restore", "admin", "a take out of the wastebasket",
        (Argument("take", NAME, "a deleted take's name", "Friday"),), (Line("take/restore", {"name": TEXT}),),
    ),
    Command(
        "take/empty", "admin", "all in the wastebasket is gone for good", (), (Line("take/empty", {"takes": WHOLE}),)
    ),
    Command(
        "recorder/measure", "admin", "how late a sound is recorded, over a cable; answered when it is done, in frames",
        (Argument("output", WHOLE, "an output", 1), Argument("input", WHOLE, "an input", 2)),
        (Line("recorder/measure", {"output": WHOLE, "input": WHOLE, "offset": NUMBER}),),
        note="(a cable between them)",
    ),
)  # fmt: skip

PLACES = (
    Command(
        "locate", "mix", "go to a marker or a place of the music",
        (Argument("place", PLACE, "a marker's name, next or previous, or a place in s", "Chorus"),),
        (Line("locate", {"seconds": NUMBER}),),
    ),
    Command(
        "marker/add", "mix", "name a place; without one where the music stands, without a name Marker 1, Marker 2 …",
        (Argument("marker", NAME, "a marker's name", "Chorus", optional=True),
         Argument("seconds", NUMBER, "its place in s", 42.5, optional=True)),
        (Line("marker/add", MARKER),),
    ),
    Command(
        "marker/list", "view", "every marker, in the order of the music", (),
        (Line("marker/list", MARKER), Line("marker/list/end", COUNT)),
    ),
    Command(
        "marker/delete", "mix", "delete a marker", (Argument("marker", NAME, "a marker's name", "Chorus"),),
        (Line("marker/delete", {"name": TEXT}),),
    ),
    Command(
        "moves/list", "view", "every path with moves of the automation", (),
        (Line("moves/list", {"path": TEXT, "moves": WHOLE}), Line("moves/list/end", COUNT)),
    ),
    Command(
        "moves/clear", "mix", "the moves of all that a pattern names are gone",
        (Argument("pattern", TEXT, "a path or pattern, such as ch/1/** or **", "ch/1/**"),),
        (Line("moves/clear", {"pattern": TEXT, "paths": WHOLE}),),
    ),
    Command(
        "moves/save", "mix", "all moves as a file, as `studiod render --moves` takes it",
        (Argument("file", NAME, "a file's name", "Song"),), (Line("moves/save", {"file": TEXT, "moves": WHOLE}),),
    ),
)  # fmt: skip
