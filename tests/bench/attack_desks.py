"""What a desk can be made to do to others: bytes that a victim earns, desks that answer one another, and rights."""

import contextlib
import time
from pathlib import Path
from typing import Any

from bench.attack_hosts import NET, PORT, Forger
from bench.attack_inputs import DAY_S, Hosts, bundle, paced
from bench.attack_parts import Cost, Desk, ask, beside
from studiod.net.osc_codec import encode

ALL = encode("/subscribe", "/**", DAY_S, 50.0)
METERS = [encode("/meters/subscribe", bank, 50.0, DAY_S) for bank in ("input", "ch", "gate", "comp", "bus", "main")]
VICTIM_PORT = 7000
SHOWN_S, LONG_S, LATE_S = 30.0, 70.0, 7.0  # told; measured; of its end, from which a day is reckoned
# victim: what was sent, and by whom
REFLECTED = (
    ("one forged `/subscribe /** 86400`", "none"),
    ("two of them, a second apart", "none"),
    ("a bundle of it and of six meters at 50 Hz, three times in three seconds", "none"),
    ("the same from 200 forged ports of one host", "none"),
    ("`/subscribe/to` another host, from one's own address", "view"),
    ("`/**` asked 5 times a second by a forged sender", "none"),
)


def _busy_desk(hosts: Hosts) -> None:
    """What a concert changes: 32 faders, 20 times a second."""
    link = hosts["mix"].udp()
    for k in paced(20, LONG_S + 10):
        with contextlib.suppress(OSError):
            link.send(bundle([encode(f"/ch/{n}/fader", -20.0 - k % 9) for n in range(1, 33)]))


def _forge(hosts: Hosts) -> None:
    forger, own = Forger(hosts["none"]), hosts["view"].udp()

    def send(victim: int, packet: bytes, port: int = VICTIM_PORT) -> None:
        forger.send(packet, hosts[f"victim{victim}"].address, port)

    for k in paced(5, LONG_S):
        if k == 0:
            send(0, ALL)
            own.send(encode("/subscribe/to", f"{hosts['victim4'].address}:{VICTIM_PORT}", "/**", DAY_S, 50.0))
        if k in (0, 6):
            send(1, ALL)
        if k in (0, 6, 12):
            send(2, bundle([ALL, *METERS]))
        for port in range(200) if k in (0, 6) else ():
            send(3, ALL, VICTIM_PORT + port)
            time.sleep(0.001)
        send(5, encode("/**"))


def reflection(hosts: Hosts) -> list[Cost]:
    """Bytes of each victim, which swallows them without a word."""
    victims = [hosts[f"victim{k}"] for k in range(len(REFLECTED))]
    links = [victim.udp(port=VICTIM_PORT + k) for victim in victims for k in range(200)]
    heard = [*victims, hosts["newcomer"]]  # to whom comes nothing but what the network itself says
    counts, began_s = [[host.bytes_in() for host in heard]], time.monotonic()
    with beside(_busy_desk, hosts), beside(_forge, hosts):
        for moment_s in (SHOWN_S, LONG_S - LATE_S, LONG_S):
            time.sleep(max(0.0, began_s + moment_s - time.monotonic()))
            counts.append([host.bytes_in() for host in heard])
    for link in links:
        link.close()
    out = []
    for victim in range(len(victims)):
        first, at_shown, at_late, at_end = (count[victim] - count[-1] for count in counts)
        day = at_end - first + max(0.0, at_end - at_late) / LATE_S * (DAY_S - LONG_S)
        out.append(Cost("", f"{_size(at_shown - first)} in {SHOWN_S:.0f} s, {_size(day)} a day"))
    return out


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"


# ---- two desks ------------------------------------------------------------------------------------------------------

CROSSED = (
    ("`/x` that seems to come from another desk", "none"),
    ("`/locate 5` likewise", "none"),
    ("`/scene/list`, `/undo`, `/status`, `/info x`, `/error`, and `/subscribe /** 86400` likewise", "none"),
)
CROSSING = (
    [encode("/x")],
    [encode("/locate", 5.0)],
    [encode("/scene/list"), encode("/undo"), encode("/status"), encode("/info", "x"), encode("/error", "/x", "y"), ALL],
)
MIRRORED = (
    "two desks, each an `[[osc.client]]` of the other, untouched",
    "the same, a fader moved on both at once, 100 times",
)
QUIET_S = 3.0


def _between(one: Desk, other: Desk, seconds: float) -> str:
    """What two desks that nobody touches send each other, and what it costs them."""
    busy_s, packets = one.busy_s() + other.busy_s(), one.host.packets_in() + other.host.packets_in()
    time.sleep(seconds)
    rate = (one.host.packets_in() + other.host.packets_in() - packets) / seconds
    core = (one.busy_s() + other.busy_s() - busy_s) / seconds
    return f"{rate:.0f} packets/s between them, {core:.0%} of a core"


def crossed(hosts: Hosts, one: Desk, other: Desk) -> list[Cost]:
    """Datagrams that seem to come from the other desk."""
    out, forger = [], Forger(hosts["none"])
    for packets in CROSSING:
        for packet in packets:
            forger.send(packet, one.host.address, PORT, other.host.address)
            forger.send(packet, other.host.address, PORT, one.host.address)
        time.sleep(1.0)
        out.append(Cost("", _between(one, other, QUIET_S)))
        for desk in (one, other) if packets is not CROSSING[-1] else ():
            desk.end_s()
            desk.start()
    return out


def mirrored(hosts: Hosts, one: Desk, other: Desk) -> list[Cost]:
    """Both name the other in their settings; ten faders are moved on both at once, ten times."""
    time.sleep(4.0)
    quiet = _between(one, other, QUIET_S)
    links = [desk.host.udp("127.0.0.1") for desk in (one, other)]
    apart = 0
    for k in range(10):
        for ch in range(1, 11):
            for side, link in enumerate(links):
                link.send(encode(f"/ch/{ch}/fader", -20.0 - k - 0.4 * side - 0.01 * ch))
        time.sleep(1.0)
        for ch in range(1, 11):
            first, second = (ask(link, f"/ch/{ch}/fader") for link in links)
            apart += first is None or first != second
    return [Cost("", quiet), Cost("", f"{apart} of 100 faders apart after a second; {_between(one, other, QUIET_S)}")]


# ---- 8: roles -------------------------------------------------------------------------------------------------------

# role, message; each is to be refused
FORBIDDEN: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    ("bus", "/main/send/1/level", (-3.0,)), ("bus", "/bus/5/send/1/level", (-3.0,)),
    ("view", "/meters/reset", ()), ("view", "/log", ()),
    ("bus", "/*/*/send/1/level", (-3.0,)), ("bus", "/hold/bus/2/fader", (-3.0,)), ("bus", "/touch/main/fader", (1,)),
    ("bus", "/mix/copy", ("main", "bus/2")), ("bus", "/scene/recall", ("all",)), ("bus", "/toggle/bus/1/solo", ()),
    ("view", "/by/main/fader", (1.0,)), ("view", "/scene/store", ("mine",)), ("view", "/locate", (5.0,)),
    ("mix", "/output/1/mute", (1,)), ("mix", "/**/mute", (1,)), ("mix", "/scene/delete", ("all",)),
    ("mix", "/take/open", ("/etc",)), ("mix", "/turn/config/pan_law", (1.0,)),
)  # fmt: skip


OVERSTEPPED = f"{len(FORBIDDEN)} things that a role may not do, such as `/main/send/1/level` by bus:1"


def overstepped(hosts: Hosts) -> Cost:
    """What each role gets done that it may not."""
    done = []
    links = {role: hosts[role].udp() for role in ("view", "bus", "mix")}
    links["mix"].send(encode("/ch/1/fader", -10.0))  # so that there is something to copy, and to lose
    for role, address, args in FORBIDDEN:
        answer = ask(links[role], address, *args, wait_s=0.4, until="/error")
        if not answer or "needs the role" not in str(answer[-1]):
            done.append(f"{role}: `{address}`")
    stored = ask(links["mix"], "/scene/store", "all")
    for link in links.values():
        link.close()
    text = f"{len(done)} of {len(FORBIDDEN)} done" + (": " if done else "") + ", ".join(done)
    return Cost("", text + ("" if stored and len(stored) > 2 else "; the scene that mix stores over is lost"))


def desks(hosts: Hosts, folder: Path, tree: Path, each_other: bool) -> tuple[Desk, Desk]:
    """Two of them; each_other: each in the settings of the other."""
    names = ("desk", "desk2")
    made = [
        Desk(hosts[name], folder / name, tree, [f"{NET}.{2 - k}:{PORT}"] if each_other else None)
        for k, name in enumerate(names)
    ]
    return made[0], made[1]
