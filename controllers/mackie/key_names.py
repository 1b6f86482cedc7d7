"""The keys of a Mackie Control by name, and the notes that they send; their LEDs are lit by the same notes."""

NOTES: dict[str, int] = {
    "track": 0x28, "send": 0x29, "pan": 0x2A, "plug-in": 0x2B, "eq": 0x2C, "inst": 0x2D,
    "bank left": 0x2E, "bank right": 0x2F, "channel left": 0x30, "channel right": 0x31,
    "flip": 0x32, "global view": 0x33, "name/value": 0x34, "smpte/beats": 0x35,
    **{f"f{n}": 0x35 + n for n in range(1, 9)},
    "midi tracks": 0x3E, "inputs": 0x3F, "audio tracks": 0x40, "audio inst": 0x41,
    "aux": 0x42, "busses": 0x43, "outputs": 0x44, "user": 0x45,
    "shift": 0x46, "option": 0x47, "control": 0x48, "alt": 0x49,
    "read": 0x4A, "write": 0x4B, "trim": 0x4C, "touch": 0x4D, "latch": 0x4E, "group": 0x4F,
    "save": 0x50, "undo": 0x51, "cancel": 0x52, "enter": 0x53,
    "marker": 0x54, "nudge": 0x55, "cycle": 0x56, "drop": 0x57, "replace": 0x58, "click": 0x59, "solo": 0x5A,
    "rewind": 0x5B, "fast forward": 0x5C, "stop": 0x5D, "play": 0x5E, "record": 0x5F,
    "up": 0x60, "down": 0x61, "left": 0x62, "right": 0x63, "zoom": 0x64, "scrub": 0x65,
    "user a": 0x66, "user b": 0x67,
}  # fmt: skip
SMPTE, BEATS, RUDE_SOLO = 0x71, 0x72, 0x73  # lamps without a key
LATCHES = ("shift", "option", "control", "alt")
ROWS = ("arm", "solo", "mute", "select")  # of each strip: eight notes each, from 0 on
