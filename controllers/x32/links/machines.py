"""Links to what runs on the desk: its transport and recorder, as the console's player and recorder."""

from controllers.x32.laws.law import Step
from controllers.x32.links.link import Changes, Link, Steps, Values

STOP, PLAY_PAUSE, PLAY, RECORD_PAUSE, RECORD = range(5)


class Tape(Link):
    """Play, record and stop; a pause is a stop, and winding is kept."""

    def __init__(self, transport: str, recorder: str) -> None:
        self.paths = (transport, recorder)

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        transport, recorder = (now[path] for path in self.paths)
        if recorder == "record":
            return RECORD
        if transport == "play":
            return PLAY
        return former if former not in (PLAY, RECORD) else STOP

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        transport, recorder = self.paths
        if step == PLAY:
            return [(transport, "play")]
        if step == RECORD:
            return [(recorder, "record")]
        if step in (STOP, PLAY_PAUSE, RECORD_PAUSE):
            return [(transport, "stop"), (recorder, "stop")]
        return []


class SendsOnFader(Link):
    """The faders are the sends of a bus: the page of sends, with faders and knobs in each other's place."""

    def __init__(self, page: str, flip: str) -> None:
        self.paths = (page, flip)

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        return int(now[self.paths[0]] == "send" and now[self.paths[1]] == 1)

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        page, flip = self.paths
        return [(page, "send"), (flip, 1)] if step else [(flip, 0)]
