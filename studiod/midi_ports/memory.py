"""What the child that owns the MIDI ports may hold in memory: measured, expected, and bounded by the kernel at last.

rtmidi collects a SysEx in memory until its end comes, and each place of its queue keeps what the longest message in it
took, for as long as the way in is open.  It tells neither; both are given back when the way in is closed.  On JACK
rings of our own stand in for its queues (jack/ring.py): nothing grows there, and as much is expected.
Figures are of private memory: JACK's is shared (170 MB with its rest settings), counts for every client and is its own.
"""

import contextlib
import math
import os
import resource

from studiod import heap

QUEUE = 16_384  # messages that wait for a poll: rtmidi's own 1,024 are a quarter of a second of a full state
SHORT_BYTES, HEAP_BYTES = 24, 16  # malloc's least piece holds a short message; a longer one has its own and a head
QUEUE_BYTES = QUEUE * 32  # a short message in each place, waiting or not
HELD_ALL_BYTES = 32 << 20  # by long messages in all queues
END_BYTES = 2 << 20  # one way in or out takes less: 0.3 MB with JACK
GROWN_BYTES = 4 << 20  # beyond what is expected: a message is being collected
CULPRIT_BYTES = 2 << 20  # who gives back so much has collected
LIMIT_BYTES = 96 << 20  # beyond the memory of ports that have just been opened: the kernel gives no more
REST_S, LONG_REST_S = 0.5, 30.0
FORGIVEN_S = 60.0
DOUBT_S, LONG_DOUBT_S = 1.0, 64.0


class Memory:
    """This process's own memory.  Where there is no /proc nothing is known, and only the kernel's limit holds."""

    def __init__(self) -> None:
        self._statm = -1
        with contextlib.suppress(OSError):
            self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        self._page_bytes = resource.getpagesize()

    def _pages(self) -> list[int]:
        return [int(word) for word in os.pread(self._statm, 256, 0).split()] if self._statm >= 0 else [0] * 7

    def private_bytes(self) -> int:
        """Resident, neither shared nor a file's."""
        _, resident, shared, *_ = self._pages()
        return (resident - shared) * self._page_bytes

    def give_back(self) -> None:
        """What has been freed goes to the system, so that it is not taken for held."""
        heap.give_back()

    def limit(self, more_bytes: int = LIMIT_BYTES) -> None:
        """No more than now and so much.  Of data, as address space says nothing: 1.3 GB of it for 32 JACK ports.

        The stacks of the threads that each way in and out brings along count too, so that this is said anew after each.
        """
        now_bytes = self._pages()[5] * self._page_bytes
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = now_bytes + more_bytes
        with contextlib.suppress(ValueError, OSError):  # macOS knows the limit and takes none
            resource.setrlimit(resource.RLIMIT_DATA, (most if hard < 0 else min(most, hard), hard))


class Held:
    """What the places of one way in's queue keep: each as much as the longest message that lay there."""

    def __init__(self) -> None:
        self.count = 0
        self.long_bytes = 0  # short ones are reckoned with from the start: they may wait unseen
        self._most: dict[int, int] = {}

    def took(self, size: int) -> None:
        """A message of so many bytes came out of the queue."""
        self.count += 1
        place = self.count % QUEUE
        if size > SHORT_BYTES and size > (most := self._most.get(place, 0)):
            self.long_bytes += size - most if most else size + HEAP_BYTES
            self._most[place] = size


class Rest:
    """How long a way in that took too much stays closed: not at all at first, then longer each time.

    And when it is closed and opened again though it took little: rtmidi may hear nothing else after the beginning of a
    SysEx until its end, so that a flood which just stops leaves it deaf.
    """

    def __init__(self) -> None:
        self.until_s = 0.0
        self._rest_s = self._doubt_s = 0.0
        self.last_s = -math.inf  # when it took too much

    def begin(self, now_s: float) -> None:
        """It took too much, and is closed now."""
        self._rest_s = min(max(2 * self._rest_s, REST_S), LONG_REST_S) if now_s - self.last_s < FORGIVEN_S else 0.0
        self.last_s, self.until_s = now_s, now_s + self._rest_s
        self._doubt_s = DOUBT_S

    def doubtful(self, now_s: float, since_s: float) -> bool:
        """Whether one that took too much before, and has said nothing since then, should be opened anew: after a second
        of silence, after two more, and so on, up to about a minute."""
        if not self._doubt_s or now_s - since_s < self._doubt_s:
            return False
        self._doubt_s = 2 * self._doubt_s if self._doubt_s < LONG_DOUBT_S else 0.0
        return True
