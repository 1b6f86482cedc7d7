"""The commands of what a desk remembers: scenes, cues, presets, copies, undo, the tools."""

from studiod.registry.command import KEY, NAME, NUMBER, SWITCH, TEXT, VALUE, WHOLE, Argument, Command, Line

COUNT = {"count": WHOLE}
DONE = {"changed": WHOLE, "left": WHOLE}  # values; left: as they were, by a finger, a right or a console without them
CUE = {"place": WHOLE, "scene": TEXT}
FADE = Argument("fade", NUMBER, "fade s", 3.0, optional=True)
SCENE = Argument("scene", NAME, "a scene's name", "Verse")
A_SCENE = Argument("scene", KEY, "a scene's name or number", "Verse")
PLACE = Argument("place", WHOLE, "the place of a cue", 1)
RESET = (Argument("strips", TEXT, "a pattern of strips", "ch/*", optional=True),)
STEP = {"path": TEXT, **DONE, "command": TEXT}

SCENES = (
    Command(
        "scene/store", "mix", "keep the desk; a number means that scene; what stood there is kept as NAME (before …)",
        (SCENE, Argument("scope", TEXT, "a pattern of the paths that it recalls", optional=True)),
        (Line("scene/store", {"name": TEXT, "values": WHOLE}, {"former": TEXT}),),
    ),
    Command(
        "scene/recall", "mix", "bring a scene back, at once or in a crossfade; safe 1 also what scenes leave alone",
        (A_SCENE, FADE, Argument("scope", TEXT, "scope", optional=True),
         Argument("safe", SWITCH, "safe 0 or 1", optional=True)),
        (Line("scene/recall", {"name": TEXT, **DONE}),), partial=True,
    ),
    Command(
        "scene/list", "view", "every scene; number 0: what was stored over", (),
        (Line("scene/list", {"name": TEXT, "saved": TEXT, "scope": TEXT, "values": WHOLE, "number": WHOLE}),
         Line("scene/list/end", COUNT)),
    ),
    Command(
        "scene/diff", "view", "each path that differs between a scene and the desk, or another scene",
        (A_SCENE, Argument("other", KEY, "another's; without it: the desk as it is", optional=True)),
        (Line("scene/diff", {"path": TEXT, "there": VALUE, "here": VALUE}),
         Line("scene/diff/end", {"name": TEXT, **COUNT})),
    ),
    Command(
        "scene/rename", "mix", "give a scene another name",
        (SCENE, Argument("new", TEXT, "its new name", "Verse 1")),
        (Line("scene/rename", {"old": TEXT, "new": TEXT}),),
    ),
    Command("scene/delete", "admin", "delete a scene", (SCENE,), (Line("scene/delete", {"name": TEXT}),)),
    Command(
        "scene/export", "view", "a scene as text, in parts; `studiod scene export` puts them together",
        (SCENE, Argument("part", WHOLE, "which part of its text, from 1", 1, optional=True)),
        (Line("scene/export", {"name": TEXT, "part": WHOLE, "parts": WHOLE, "text": TEXT}),),
    ),
    Command(
        "scene/import", "mix", 'make a scene of text that comes in parts; name "": the one that the text says',
        (Argument("name", TEXT, "a scene's name", "Verse 2"), Argument("part", WHOLE, "which part", 1),
         Argument("parts", WHOLE, "how many parts", 1),
         Argument("text", TEXT, "the text of that part", 'values = {"ch/1/fader" = -6}')),
        (Line("scene/import/kinds", {"reason": TEXT, **COUNT}), Line("scene/import/kept", {"line": TEXT}),
         Line("scene/import", {"name": TEXT, "part": WHOLE, "parts": WHOLE}),
         Line("scene/import/end", {"name": TEXT, "values": WHOLE, "strange": WHOLE}, {"former": TEXT})),
    ),
)  # fmt: skip

CUES = (
    Command(
        "cue/add", "mix", "put a scene with its fade into the cue list, at the end or at a place",
        (A_SCENE, FADE, Argument("place", WHOLE, "its place in the list", optional=True)),
        (Line("cue/add", {**CUE, "fade": NUMBER}),),
    ),
    Command(
        "cue/move", "mix", "give a cue another place", (PLACE, Argument("to", WHOLE, "its new place", 2)),
        (Line("cue/move", {"place": WHOLE, "to": WHOLE, "scene": TEXT}),),
    ),
    Command("cue/remove", "mix", "take a cue out; its scene stays", (PLACE,), (Line("cue/remove", CUE),)),
    Command(
        "cue/list", "view", "every cue; there: whether its scene is; at: which was recalled last", (),
        (Line("cue/list", {**CUE, "fade": NUMBER, "there": WHOLE}), Line("cue/list/end", {**COUNT, "at": WHOLE})),
    ),
    Command(
        "cue/go", "mix", "recall a cue; without a place the next",
        (Argument("place", KEY, "a place in the list, or the name of a scene in it", 1, optional=True),),
        (Line("cue/go", {**CUE, **DONE}),), partial=True,
    ),
    Command("cue/next", "mix", "recall the next cue", (), (Line("cue/next", {**CUE, **DONE}),), partial=True),
    Command(
        "cue/previous", "mix", "recall the cue before", (), (Line("cue/previous", {**CUE, **DONE}),), partial=True
    ),
)  # fmt: skip

STRIPS = (
    Command(
        "preset/store", "mix", "keep how a strip, or a part of one, sounds; a number means that preset",
        (Argument("preset", NAME, "a preset's name", "Warm"),
         Argument("path", TEXT, "a strip or what is below one", "ch/3/eq")),
        (Line("preset/store", {"name": TEXT, "of": TEXT, "values": WHOLE}, {"former": TEXT}),), note="(ch/3/eq)",
    ),
    Command(
        "preset/recall", "mix", "give it to one strip or many",
        (Argument("preset", KEY, "a preset's name or number", "Warm"),
         Argument("strips", TEXT, "one strip or a pattern", "ch/[1-2]")),
        (Line("preset/recall", {"name": TEXT, **DONE}),), note="(ch/7, ch/[1-8])",
    ),
    Command(
        "preset/list", "view", "every preset; number 0: what was stored over", (),
        (Line("preset/list", {"name": TEXT, "of": TEXT, "saved": TEXT, "values": WHOLE, "number": WHOLE}),
         Line("preset/list/end", COUNT)),
    ),
    Command(
        "preset/delete", "mix", "delete a preset", (Argument("preset", NAME, "a preset's name", "Warm"),),
        (Line("preset/delete", {"name": TEXT}),),
    ),
    Command(
        "copy", "mix", "copy a strip, or a part of it, to others",
        (Argument("strip", TEXT, "a strip", "ch/1"),
         Argument("to", TEXT, "the strip or pattern of strips to copy to", "ch/2"),
         Argument("what", TEXT, "what of it: eq", "eq", optional=True)),
        (Line("copy", {"strip": TEXT, "to": TEXT, **DONE}),),
    ),
    Command(
        "mix/copy", "bus", "a monitor mix from what is heard in the mains, or in a bus",
        (Argument("mix", TEXT, "main or a bus to copy from", "main"),
         Argument("bus", TEXT, "the bus to copy into", "bus/2")),
        (Line("mix/copy/left", {"strip": TEXT, "why": TEXT}), Line("mix/copy", {"mix": TEXT, "bus": TEXT, **DONE})),
        note="(main bus/3)",
    ),
    Command(
        "fade", "bus", "one value, or all that a pattern names, to a goal over time; a hand ends it",
        (Argument("path", TEXT, "a path or pattern", "ch/1/fader"), Argument("seconds", NUMBER, "seconds", 3.0),
         Argument("goal", VALUE, "the value to arrive at", -10.0)),
        (Line("fade", {"path": TEXT, **DONE}),), note="(ch/1/fader 3 -10)",
    ),
    Command(
        "autotrim", "mix", "the loudest peak that came in brought to a level by the trim (default: -18 dBFS)",
        (Argument("strips", TEXT, "a pattern of strips", "ch/*"),
         Argument("level", NUMBER, "a peak level in dBFS", -18.0, optional=True),
         Argument("seconds", NUMBER, "of how many of the last s", optional=True)),
        (Line("autotrim/set", {"strip": TEXT, "trim": NUMBER, "peak": NUMBER, "level": NUMBER, "seconds": NUMBER}),
         Line("autotrim/left", {"strip": TEXT, "why": TEXT}), Line("autotrim", {"strips": TEXT, **DONE})),
        note="(ch/* -18)",
    ),
    Command(
        "peaks/reset", "mix", "autotrim goes by what comes in there from now on", RESET,
        (Line("peaks/reset", {"strips": TEXT, "inputs": WHOLE}),),
    ),
    Command(
        "autotrim/arm", "mix", "as /peaks/reset was called once", RESET,
        (Line("autotrim/arm", {"strips": TEXT, "inputs": WHOLE}),), former=True,
    ),
)  # fmt: skip

HISTORY = (
    Command(
        "undo", "bus", "take one's own last step back; what others changed since stays", (), (Line("undo", STEP),),
        partial=True,
    ),
    Command("redo", "bus", "make again what was undone last", (), (Line("redo", STEP),), partial=True),
    Command(
        "gestures", "bus", "what the next steps of undo or redo would do",
        (Argument("which", TEXT, "undo or redo", "undo"), Argument("most", WHOLE, "how many", 5, optional=True)),
        (Line("gestures", {"which": TEXT, "path": TEXT, "before": VALUE, "after": VALUE, **DONE, "command": TEXT}),
         Line("gestures/end", {"which": TEXT, **COUNT})),
    ),
    Command(
        "log", "mix", "who changed what, the last of it last",
        (Argument("lines", WHOLE, "how many lines", 20, optional=True),),
        (Line("log", {"when": TEXT, "who": TEXT, "path": TEXT, "before": VALUE, "after": VALUE, "paths": WHOLE}),
         Line("log/end", COUNT)),
    ),
    Command(
        "desk/reset", "admin", "every value to its default; the desk of before is kept as a scene", (),
        (Line("desk/reset", {"scene": TEXT, **DONE}),),
    ),
    Command(
        "backup", "admin", "the whole desk into one file",
        (Argument("file", TEXT, "a file's name, or a path from / on", "Friday", optional=True),),
        (Line("backup", {"file": TEXT, "values": WHOLE, "records": WHOLE}),),
    ),
    Command(
        "restore", "admin", "the desk of such a file; the one of before is kept as a scene and as a file",
        (Argument("file", TEXT, "a file that /backup has made: its name, or a path from / on", "Friday"),),
        (Line("restore/left", {"record": TEXT, "why": TEXT}),
         Line("restore", {"file": TEXT, **DONE, "records": WHOLE, "scene": TEXT, "former": TEXT})),
    ),
)  # fmt: skip
