"""docs/security.md says the limits that the code has."""

import re

import pytest

import servers
from controllers import turns, wrong_tokens
from controllers.http import tokens as http
from controllers.osc import future, meters, peers, presence, server, subscribing, tcp
from controllers.osc.framing import FRAME_MAX
from studiod.memory import history, tokens
from studiod.net import osc_codec
from studiod.registry import pattern

PAGE = (servers.ROOT / "docs" / "security.md").read_text("utf-8")
LIMITS = PAGE[PAGE.index("## Limits") : PAGE.index("## Forged senders")]
ROWS = {cells[1].strip(): cells[2] for line in LIMITS.splitlines() if len(cells := line.split("|")) > 3}
MB = 1 << 20
SAID = [
    ("packets of one host by UDP", [peers.PACKETS_PER_S, peers.PACKETS_HERE]),
    ("packets that wait, of one peer", [turns.WAITING_BYTES // MB, turns.WAITING_BYTES // 16 // 1024,
                                        turns.CROWDED_BYTES // MB]),
    ("paths in one packet", [server.PLAN_MAX]),
    ("clients by UDP", [peers.CLIENTS_MAX, peers.HOST_MAX, peers.HERE_MAX]),
    ("names (`/iam`, `/join`)", [presence.HOST_MAX, presence.NAMES_MAX]),
    ("tokens", [tokens.MOST, tokens.MOST_BY_OTHERS]),
    ("wrong tokens", [wrong_tokens.V6_NET, wrong_tokens.PLACES_MAX]),
    ("WebSockets of hosts without a role", [http.STRANGERS_MAX, http.STRANGERS_OF, http.JOIN_S]),
    ("who can undo", [history.SENDERS, history.STEPS, history.VALUES]),
    ("times in one packet", [osc_codec.TIMES_MAX]),
    ("subscriptions", [subscribing.SUBS_MAX]),
    ("meters", [meters.STREAMS_MAX]),
    ("TCP connections", [tcp.LINES_MAX, tcp.HERE_MAX, tcp.STRANGERS_MAX, tcp.STRANGERS_OF]),
    ("a TCP frame", [FRAME_MAX // MB, tcp.STRANGER_MAX // 1024, tcp.HALVES_MAX // MB, tcp.HALF_S, tcp.WHOLE_S]),
    ("a pattern", [pattern.BYTES_MAX, pattern.SEGMENTS_MAX, pattern.ALTERNATIVES_MAX]),
    ("waiting for a time tag", [future.PEER_PACKETS, future.PEER_VALUES, future.ALL_VALUES]),
]  # fmt: skip


@pytest.mark.parametrize(("row", "numbers"), SAID, ids=[row for row, _ in SAID])
def test_a_limit_on_the_page_is_that_of_the_code(row: str, numbers: list[float]) -> None:
    written = [float(text.replace(",", "")) for text in re.findall(r"\d[\d,]*", ROWS[row])]
    for number in numbers:
        assert number in written, f"{row}: the code has {number:g}; the page says {ROWS[row]}"
