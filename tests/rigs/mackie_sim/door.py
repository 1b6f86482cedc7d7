"""The handshake from the unit's side: whether it listens to the host at all.  Sheet §3, in the unit's own words."""

from mackie_sim.kinds import Kind

HEAD = b"\xf0\x00\x00\x66"
SERIAL = b"SIMUL01"
PATIENCE_S = 0.3  # for the answer to a challenge


def response(challenge: bytes) -> bytes:
    """What a host has to answer."""
    a, b, c, d = challenge
    words = (a + (b ^ 0x0A) - d, (c >> 4) ^ (a + d), (d - (c << 2)) ^ (a | b), b - c + (0xF0 ^ (d << 4)))
    return bytes(word & 0x7F for word in words)


class Door:
    """`online`: it shows what it is told.  `locked`: it was answered where it had not asked; only its switch helps."""

    def __init__(self, kind: Kind, challenge: bytes) -> None:
        self.kind, self.challenge = kind, challenge
        self.online = kind.answers != "challenge"
        self.locked = False
        self.refused = 0  # answers that were wrong, late or not asked for
        self._asked_s: float | None = None

    def say(self, *parts: bytes) -> bytes:
        return HEAD + bytes([self.kind.model]) + b"".join(parts) + b"\xf7"

    def greeting(self, now_s: float) -> list[bytes]:
        """What it says when it is switched on."""
        return self.query(now_s) if self.kind.greets else []

    def query(self, now_s: float) -> list[bytes]:
        """The answer to 00."""
        self._asked_s = now_s
        match self.kind.answers:
            case "nothing":
                return []
            case "06":
                return [self.say(b"\x06", SERIAL)]
        return [self.say(b"\x01", SERIAL, self.challenge)]

    def reply(self, now_s: float, data: bytes) -> list[bytes]:
        """The answer to 02: serial and response."""
        if self.kind.answers != "challenge":
            self.refused += 1
            self.locked = self.kind.bad_answer_locks
            return []
        in_time = self._asked_s is not None and now_s - self._asked_s <= PATIENCE_S
        if in_time and data == SERIAL + response(self.challenge):
            self.online = True
            return [self.say(b"\x03", SERIAL)]
        self.refused += 1
        return [self.say(b"\x04", SERIAL)]
