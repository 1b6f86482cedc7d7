"""Tokens: who has one has its role, from any address, until it ends; and the commands that give and take them.

128 random bits, told once, to who asked, and kept as a hash: nothing here or in the store leads back to them.  What a
token's holder gives to others ends with his own.  On the desk's loop.
"""

import hmac
import json
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from studiod.desk.arguments import Words, nearest
from studiod.desk.command import Answer, Deed, Errand
from studiod.desk.desk import Desk
from studiod.desk.grants import Door, Grant, open_at
from studiod.desk.identity import NAME_MAX, Identity
from studiod.memory.shelf import BROKEN, pack, read_head, unpack
from studiod.registry import roles
from studiod.registry.param import Value
from studiod.store.store import Store
from studiod.texts import plain, printable

KIND = "token"  # of the records
BYTES = 16
TOKEN_MAX = 64  # characters of what may be one
MOST, MOST_BY_OTHERS = 256, 128  # in all; of these, given by others than admin
HOURS, HOURS_LEAST, HOURS_MOST = 24.0, 0.01, 87_600.0
BY_MAX = 160
LATEST_UNIX_S = 32_503_680_000  # the year 3000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Token:
    """One that was given.  by: by whom, as people read it; giver: his role and identity; parent: the token that he
    had."""

    id: str
    role: str
    name: str
    made_unix_s: float
    ends_unix_s: int
    by: str
    giver: str
    parent: str
    by_admin: int
    hash: bytes

    @property
    def grant(self) -> Grant:
        return Grant(self.id, self.role, self.name, self.ends_unix_s)


def hashed(token: str) -> bytes:
    """128 random bits need no salt and no slow hash."""
    return sha256(token.encode("utf-8", "replace")).digest()


def read(id: str, head: str, packed: bytes) -> Token:
    """A token from its record.  Raises one of BROKEN."""
    held = read_head(head)
    texts = [str(held[key]) for key in ("role", "name", "by", "giver", "parent")]
    role, name, by, giver, parent = texts
    made, ends, by_admin = held["made_unix_s"], held["ends_unix_s"], held["by_admin"]
    if type(made) is not float or type(ends) is not int or type(by_admin) is not int:
        raise ValueError("no token")
    if not (0.0 <= made <= LATEST_UNIX_S and 0 <= ends <= LATEST_UNIX_S):
        raise ValueError("no time")
    if not all(map(printable, (id, *texts))):
        raise ValueError("no token")
    if role.partition(":")[0] not in roles.ROLES[1:] or len(name) > NAME_MAX:
        raise ValueError("no role of a desk")
    digest = bytes.fromhex(str(unpack(packed)["hash"]))
    if len(digest) != sha256().digest_size:
        raise ValueError("no hash")
    return Token(id, role, name, made, ends, by[:BY_MAX], giver, parent, by_admin, digest)


class Tokens:
    """Of one desk, and the commands.  What controllers see of it: studiod/desk/grants.py."""

    def __init__(self, desk: Desk, store: Store, wall: Callable[[], float] = time.time) -> None:
        self.desk, self.store, self.wall = desk, store, wall
        self.doors: list[Callable[[], Door]] = []
        self._of: dict[str, Token] = {}  # by id
        for (kind, id), (head, packed) in store.records.items():
            if kind == KIND:
                try:
                    self._of[id] = read(id, head, packed)
                except BROKEN:
                    _log.warning("token %s cannot be read, and gives nothing any more", plain(id, 40))
        self._of = dict(sorted(self._of.items(), key=lambda one: one[1].made_unix_s))
        self._purge()
        desk.grants = self
        desk.commands |= {"token/new": self.new, "token/list": self.list, "token/revoke": self.revoke}

    # -- what controllers ask ----------------------------------------------------------------------------------------

    def find(self, token: str) -> Grant | None:
        """What a token gives; None: nothing, or no more.  Takes as long whichever it is."""
        digest, found = hashed(token[:TOKEN_MAX]), None
        for one in self._of.values():
            if hmac.compare_digest(one.hash, digest):
                found = one.grant
        return found if found is not None and self.holds(found) else None

    def holds(self, grant: Grant) -> bool:
        one = self._of.get(grant.id)
        return one is not None and self.wall() < one.ends_unix_s

    def __len__(self) -> int:
        return len(self._of)

    def _purge(self) -> None:
        """What is over leaves."""
        for id in [id for id, one in self._of.items() if self.wall() >= one.ends_unix_s]:
            self._drop(id)

    def _drop(self, id: str) -> list[Token]:
        """A token ends, and with it all that its holder gave; those that have."""
        gone = [self._of.pop(id)] if id in self._of else []
        for one in gone:  # it grows
            self.store.drop(KIND, one.id)
            gone += [self._of.pop(child.id) for child in list(self._of.values()) if child.parent == one.id]
        return gone

    # -- the commands ------------------------------------------------------------------------------------------------

    def new(self, origin: str, *given: object) -> Deed:
        """A role, a name, for how many hours: at most as long as the giver's own."""
        words = Words.of("token/new", given)
        who = self.desk.identities.of(origin)
        role, name = self._role(words, who), words.name("the name")
        if len(name) > NAME_MAX:
            raise words.refuse(f"the name has to be at most {NAME_MAX} characters", name, remedy="shorten it")
        most = self._hours_left(who)
        hours = words.number("how long", min(HOURS_LEAST, most), most, "h", min(HOURS, most))
        words.end()
        self._room(words, who)
        if not open_at(self.doors).addresses:
            raise words.refuse(open_at(self.doors).shut, remedy="install studiod whole, or look at its log")

        def act(_: Deed) -> Errand:
            self._room(words, who)  # the same packet may have made more
            token, door = secrets.token_urlsafe(BYTES), open_at(self.doors)
            one = self._keep(token, role, name, hours, who)
            urls = [f"{address}/#t={token}" for address in door.addresses]
            return Errand(lambda: [drawn(url) for url in urls], lambda drawings: told(one, door, urls, drawings))

        def told(one: Token, door: Door, urls: list[str], drawings: list[str]) -> Answer:
            lines: list[tuple[Value, ...]] = [("token/new/address", *pair) for pair in zip(urls, drawings, strict=True)]
            lines += [("token/new/shut", door.shut)] if door.shut else []
            return [*lines, ("token/new", one.id, one.name, one.role, _text(one.ends_unix_s))]

        return Deed(origin, {}, act)

    def _role(self, words: Words, who: Identity) -> str:
        """The next word, a role that somebody may give.  Raises Refusal."""
        role = words.text("the role")
        buses = self.desk.registry.console.buses
        known = ["view", "mix", "admin", *(f"bus:{n}" for n in range(1, buses + 1))]
        if role not in known:
            expected = f"view, mix, admin, or bus:1 to bus:{buses}"
            raise words.refuse(f"no such role; expected {expected}", role, nearest(role, known))
        if not roles.covers(who.role, role):
            has = who.role or "none"
            raise words.refuse(f"nobody gives more than he has, which is the role {has}", role, remedy="ask an admin")
        return role

    def _hours_left(self, who: Identity) -> float:
        """How long the giver's own rights last."""
        if who.grant is None or not who.grant.ends_unix_s:
            return HOURS_MOST
        return round(max(who.grant.ends_unix_s - self.wall(), 1.0) / 3600, 4)

    def _room(self, words: Words, who: Identity) -> None:
        """For one more, of a giver whose own token still stands.  Raises Refusal."""
        self._purge()
        if who.grant is not None and not who.grant.ends_unix_s:  # only the settings know when that ends
            remedy = "have an admin give it, or ask with a token that `studiod join` gave"
            raise words.refuse("a token of the settings gives no others, for they would outlast it", remedy=remedy)
        if who.grant is not None and not self.holds(who.grant):  # since it was asked
            raise words.refuse("the giver's own token was revoked, or is over", remedy="ask an admin")
        if len(self._of) >= MOST:
            raise words.refuse(f"more than {MOST} tokens", remedy="/token/list lists them, /token/revoke ends one")
        others = sum(not one.by_admin for one in self._of.values())
        if who.role != "admin" and others >= MOST_BY_OTHERS:
            raise words.refuse(f"more than {MOST_BY_OTHERS} tokens given by others than admin", remedy="revoke some")

    def _keep(self, token: str, role: str, name: str, hours: float, who: Identity) -> Token:
        now_s = self.wall()
        ends_s = now_s + hours * 3600
        if who.grant is not None and who.grant.ends_unix_s:
            ends_s = min(ends_s, who.grant.ends_unix_s)
        parent = who.grant.id if who.grant is not None and who.grant.id in self._of else ""
        id = next(free for free in iter(lambda: f"t{secrets.token_hex(4)}", "") if free not in self._of)
        one = Token(
            id, role, name, float(now_s), round(ends_s), str(who)[:BY_MAX], _giver(who), parent,
            int(who.role == "admin"), hashed(token),
        )  # fmt: skip
        self._of[id] = one
        head = asdict(one)
        digest = head.pop("hash").hex()
        self.store.put(KIND, id, (json.dumps(head, ensure_ascii=False), pack({"hash": digest})))
        return one

    def _seen(self, who: Identity) -> list[Token]:
        """Those that somebody may see and revoke: admin all, others what they gave."""
        mine = {who.grant.id} if who.grant is not None else set()
        return [
            one
            for one in self._of.values()
            if who.role == "admin" or one.giver == _giver(who) or (one.parent and one.parent in mine)
        ]

    def list(self, origin: str, *given: object) -> Deed:
        """Each with its role, since when, until when, and by whom."""
        Words.of("token/list", given).end()
        who = self.desk.identities.of(origin)

        def act(_: Deed) -> Answer:
            self._purge()
            lines: list[tuple[Value, ...]] = [
                ("token/list", one.id, one.name, one.role, _text(one.made_unix_s), _text(one.ends_unix_s), one.by)
                for one in self._seen(who)
            ]
            return [*lines, ("token/list/end", len(lines))]

        return Deed(origin, {}, act)

    def revoke(self, origin: str, *given: object) -> Deed:
        """By its id, by its name, all of that name, or by itself; what was given with it ends too."""
        words = Words.of("token/revoke", given)
        who = self.desk.identities.of(origin)
        key = words.text("the token")
        words.end()
        self._purge()
        seen = self._seen(who)
        found = [one.id for one in seen if one.id == key] or [one.id for one in seen if one.name == key]
        if not found:
            digest = hashed(key)
            found = [one.id for one in seen if hmac.compare_digest(one.hash, digest)]
        if not found:  # it is not repeated: it may be a token
            remedy = "/token/list lists those that you may revoke"
            near = nearest(key, [one.name for one in seen]) if len(key) <= NAME_MAX else ""
            raise words.refuse("no token of that name or id", nearest=near, remedy=remedy)

        def act(_: Deed) -> Answer:
            gone = [one for id in found for one in self._drop(id)]
            ended: list[tuple[Value, ...]] = [("token/revoke/ended", one.id, one.name, one.role) for one in gone]
            return [*ended, ("token/revoke", len(gone))]

        return Deed(origin, {}, act)


def drawn(url: str) -> str:
    """A QR code as SVG text, dark on white, whatever it lies on.  Takes some ms: on a thread."""
    import segno

    text = BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(text, kind="svg", xmldecl=False, omitsize=True, light="white", nl=False)
    return text.getvalue().decode()


def _giver(who: Identity) -> str:
    """Who gave one.  A host without a name is one identity, whoever speaks from there and by whatever token."""
    return f"{who.role} {who.id}"


def _text(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s).strftime("%Y-%m-%dT%H:%M:%S")
