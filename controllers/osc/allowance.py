"""What may be sent by UDP to an address that may be forged: little, until it has spoken twice; nothing to the silent.

A datagram says who sent it and cannot prove it.  So an address off this machine that has not spoken twice, a second
apart, gets 400 kB at most, and all such addresses of one host together no more than that in ten minutes; one that has
been silent for a minute gets nothing but signs of life.  And no host gets more than 512 kB a second on and on, however
often it is named, nor all unproven ones together.  This machine, TCP and the clients of the settings are exempt.
"""

from collections import OrderedDict

from controllers.access import is_loopback
from controllers.patience import Patience

MOST_BYTES = 400_000  # a snapshot of everything is some 300 kB
HEAD_BYTES = 28  # of IP and UDP, which a victim gets too
PACKET_BYTES = 1400 + HEAD_BYTES  # the largest that is sent unasked
APART_S = 1.0
SILENT_S = 60.0
FORGET_S = 600.0
FIRST_BYTES = 4_000  # a host's own, before all unproven ones share
UNPROVEN_BURST_BYTES = (
    1_000_000  # what nobody answers lies in the one socket's buffer for seconds, before others' answers
)
BURST_BYTES, PER_S_BYTES = 2_000_000, 512_000  # six snapshots of everything, and what no surface needs
HOSTS_MAX = 4096


class Ledger:
    """What hosts were sent before they had proven themselves."""

    def __init__(self) -> None:
        self._hosts: dict[str, tuple[int, float]] = {}  # bytes, since when
        self.unproven = Patience(UNPROVEN_BURST_BYTES, PER_S_BYTES)  # of all hosts that have not
        self._rates: OrderedDict[str, Patience] = OrderedDict()

    def spent(self, host: str, now_s: float) -> int:
        spent, since_s = self._hosts.get(host, (0, now_s))
        if host not in self._hosts and len(self._hosts) >= HOSTS_MAX:
            self._hosts = {name: held for name, held in self._hosts.items() if now_s - held[1] <= FORGET_S}
            return 0 if len(self._hosts) < HOSTS_MAX else MOST_BYTES
        return spent if now_s - since_s <= FORGET_S else 0

    def add(self, host: str, size: int, now_s: float) -> None:
        spent, since_s = self.spent(host, now_s), self._hosts.get(host, (0, now_s))[1]
        self._hosts[host] = spent + size, since_s if now_s - since_s <= FORGET_S else now_s

    def rate(self, host: str) -> Patience:
        """What a host may be sent a second."""
        rate = self._rates.get(host)
        if rate is None:
            if len(self._rates) >= HOSTS_MAX:
                self._rates.popitem(last=False)
            rate = self._rates[host] = Patience(BURST_BYTES, PER_S_BYTES)
        return rate


class Allowance:
    """Of one address."""

    def __init__(self, ledger: Ledger, host: str, now_s: float, exempt: bool = False) -> None:
        self.ledger, self.host = ledger, host
        self.exempt = exempt or is_loopback(host)
        self.sent = 0  # bytes, while it was unproven
        self.proven = False
        self._first_s = self._heard_s = now_s

    def heard(self, now_s: float) -> bool:
        """It has spoken; whether what was held back may go on now."""
        was_shut = self.shut(now_s)
        self._heard_s = now_s
        self.proven = self.proven or now_s - self._first_s >= APART_S
        return was_shut and not self.shut(now_s)

    def silent(self, now_s: float) -> bool:
        return not self.exempt and now_s - self._heard_s > SILENT_S

    def shut(self, now_s: float) -> bool:
        """Whether nothing but signs of life may go to it."""
        return self.silent(now_s) or not self._room(PACKET_BYTES, now_s)

    def take(self, size: int, now_s: float) -> bool:
        """Count a packet that is to be sent; False when it must not be."""
        if not self._room(size + HEAD_BYTES, now_s):
            return False
        if not self.exempt:
            self.ledger.rate(self.host).take(now_s, size + HEAD_BYTES)
        if not (self.exempt or self.proven):
            self.ledger.unproven.take(now_s, size + HEAD_BYTES)
            self.sent += size + HEAD_BYTES
            self.ledger.add(self.host, size + HEAD_BYTES, now_s)
        return True

    def _room(self, size: int, now_s: float) -> bool:
        if self.exempt:
            return True
        if self.ledger.rate(self.host).now(now_s) < size:
            return False
        if self.proven:
            return True
        spent = max(self.sent, self.ledger.spent(self.host, now_s)) + size
        return spent <= FIRST_BYTES or (spent <= MOST_BYTES and self.ledger.unproven.now(now_s) >= size)
