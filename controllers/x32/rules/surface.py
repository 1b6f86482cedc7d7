"""What the console's own surface and runtime show (`-stat`), and its preferences (`-prefs`), which are kept."""

from collections.abc import Iterator

from controllers.x32.laws import known as law
from controllers.x32.laws.law import Bits, Choice, Text, Whole
from controllers.x32.links.link import Item, Name, switch
from controllers.x32.links.machines import SendsOnFader, Tape
from controllers.x32.rules.row import Row

Rows = Iterator[Row]
MAIN, MONO = 70, 71
TAPE = Choice(("STOP", "PPAUSE", "PLAY", "RPAUSE", "RECORD", "FF", "REW"))


def strips() -> list[str]:
    """The desk's strip of each of the console's, in the order of its selection; "": it has none."""
    returns = [f"return/{n}" for n in range(1, 5) for _ in "lr"]
    channels = [f"ch/{n}" for n in range(1, 41)]
    buses, matrices = [f"bus/{n}" for n in range(1, 17)], [f"matrix/{n}" for n in range(1, 7)]
    # channels and aux, returns, and from 48 on the buses
    return [*channels, *returns, *buses, *matrices, "main", ""]


def soloed() -> list[str]:
    return [*strips(), *(f"dca/{n}" for n in range(1, 9))]


def state(surface: int) -> Rows:
    """surface: which of the desk's line-ups the console's selection is."""
    x, now = "-stat", f"surface/{surface}/now"
    yield Row(f"{x}/selidx", Whole(MONO), Item(f"{now}/select", tuple(strips())))
    for name, last in (("chfaderbank", 3), ("grpfaderbank", 5)):
        yield Row(f"{x}/{name}", Whole(last))
    yield Row(f"{x}/sendsonfader", law.SWITCH, SendsOnFader(f"{now}/page", f"{now}/flip"))
    yield from (Row(f"{x}/{name}", Whole(last)) for name, last in (("bussendbank", 3), ("eqband", 5)))
    yield Row(f"{x}/solo", law.SWITCH, switch("solo/any"))
    yield Row(f"{x}/keysolo", law.SWITCH)
    yield from (Row(f"{x}/{name}", Whole(last)) for name, last in (("userbank", 2), ("lock", 2), ("usbmounted", 1)))
    yield Row(f"{x}/remote", law.SWITCH)
    for name in ("rtamodeeq", "rtamodegeq", "rtaeqpre", "rtageqpost", "geqonfdr", "geqpos", "dcaspill", "autosave"):
        yield Row(f"{x}/{name}", Whole(31))
    yield from (Row(f"{x}/{name}", Whole(76)) for name in ("rtasource", "xcardtype", "xcardsync"))
    yield Row(f"{x}/talk/A", law.SWITCH, switch("talkback/on"))
    yield Row(f"{x}/talk/B", law.SWITCH)
    yield Row(f"{x}/osc/on", law.SWITCH, switch("generator/on"))
    for n, strip in enumerate(soloed(), 1):
        yield Row(f"{x}/solosw/{n:02d}", law.SWITCH, switch(f"{strip}/solo"))
    yield Row(f"{x}/tape/state", TAPE, Tape("transport/state", "recorder/state"))
    yield Row(f"{x}/tape/file", Text(64), Name("recorder/take", 64))
    yield from (Row(f"{x}/tape/{name}", Whole(1 << 30)) for name in ("etime", "rtime"))
    yield Row(f"{x}/urec/state", Choice(("STOP", "PPAUSE", "PLAY", "REC")))
    yield from (Row(f"{x}/urec/{name}", Whole(1 << 30)) for name in ("etime", "rtime"))
    yield Row(f"{x}/screen/screen", Whole(10))
    for name in ("mutegrp", "utils"):
        yield Row(f"{x}/screen/{name}", law.SWITCH)
    for name in ("CHAN", "METER", "ROUTE", "SETUP", "LIB", "FX", "MON", "USB", "SCENE", "ASSIGN"):
        yield Row(f"{x}/screen/{name}/page", Whole(15))
    yield Row(f"{x}/aes50/state", Whole(255))
    yield from (Row(f"{x}/aes50/{side}", Text(16)) for side in "AB")
    for n in range(1, 37):
        yield Row(f"{x}/userpar/{n:02d}/value", Whole(127))


def preferences() -> Rows:
    x, off = "-prefs", law.SWITCH
    words = {
        "style": Text(32), "bright": Whole(100), "lcdcont": Whole(100), "ledbright": Whole(100), "lamp": Whole(100),
        "lampon": off, "clockrate": Choice(("48K", "44K1")), "clocksource": Choice(("INT", "AES50A", "AES50B", "Exp")),
        "confirm_general": off, "confirm_overwrite": off, "confirm_sceneload": off, "viewrtn": off,
        "selfollowsbank": off, "scene_advance": off, "safe_masterlevels": off, "haflags": Bits(8), "autosel": off,
        "show_control": Choice(("CUES", "SCENES", "SNIPPETS")), "clockmode": off, "hardmute": off, "dcamute": off,
        "invertmutes": off, "name": Text(12), "rec_control": off, "fastFaders": off,
    }  # fmt: skip
    rest = {"name": "studiod", "show_control": "SCENES"}
    yield from (Row(f"{x}/{name}", one, rest=rest.get(name, ""), admin=True) for name, one in words.items())
    yield Row(f"{x}/ip/dhcp", off, admin=True)
    for name in ("addr", "mask", "gateway"):
        yield from (Row(f"{x}/ip/{name}/{n}", Whole(255), admin=True) for n in range(4))
    yield Row(f"{x}/remote/enable", off, admin=True)
    yield Row(f"{x}/remote/protocol", Choice(("MC", "HUI", "CC")), admin=True)
    yield Row(f"{x}/remote/port", Choice(("MIDI", "CARD", "RTP")), admin=True)
    yield Row(f"{x}/remote/ioenable", Bits(14), admin=True)
    for name, last in (("UFifc", 1), ("UFmode", 3), ("USBmode", 5), ("ADATwc", 1), ("ADATsync", 8), ("MADImode", 1)):
        yield Row(f"{x}/card/{name}", Whole(last), admin=True)
    for name in ("visibility", "gain", "autogain", "source", "pos", "mode", "option", "det", "decay", "peakhold"):
        yield Row(f"{x}/rta/{name}", Whole(100), admin=True)


def heads() -> Rows:
    """Which head amplifier a channel has, and where effects are inserted."""
    yield from (Row(f"-ha/{n:02d}/index", Whole(127), rest=str(n), admin=True) for n in range(40))
    for n in range(1, 9):
        yield from (Row(f"-insert/fx{n}{side}", Whole(72), admin=True) for side in "LR")
    yield from (Row(f"-insert/aux{n}", Whole(72), admin=True) for n in range(1, 7))
    yield Row("-undo/time", Text(16), admin=True)


def surface(number: int) -> Rows:
    yield from state(number)
    yield from preferences()
    yield from heads()
