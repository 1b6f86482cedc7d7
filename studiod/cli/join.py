"""`studiod join`: a token for a tablet, as an address and a QR code; the list of those given; an end to one."""

import argparse
import io
import json
import sys
from itertools import count
from typing import Any

from studiod.cli.talk_words import TOKEN_HOURS, TOKEN_ROLE
from studiod.client.lines import Line, Link
from studiod.encoding import say
from studiod.errors import Fault
from studiod.texts import plain

BLOCKS = "█▀▄"  # what a code is drawn with


def command(args: argparse.Namespace) -> int:
    """Give, list or revoke; 0.  Raises Fault on words that do not go together, TalkFault."""
    if args.list or args.revoke is not None:
        what = "--list" if args.list else "--revoke"
        given = [("ROLE", args.role), ("--name", args.name), ("--hours", args.hours)]
        if more := [word for word, value in given if value is not None]:
            raise Fault(f"{what} and {' and '.join(more)}: {what} makes no token; leave one of them out")
    with Link(args.host, args.port) as link:
        if args.list:
            return _list(link.ask("token/list", end="token/list/end")[:-1], args.json)
        if args.revoke is not None:
            return _revoked(link.ask("token/revoke", args.revoke)[:-1], args.json)
        name = args.name if args.name is not None else _free(link)
        hours = TOKEN_HOURS if args.hours is None else args.hours
        return _given(link.ask("token/new", args.role or TOKEN_ROLE, name, hours), args.json)


def _free(link: Link) -> str:
    """A name that no token has."""
    taken = {line[2] for line in link.ask("token/list", end="token/list/end")[:-1]}
    return next(name for k in count(1) if (name := f"tablet {k}") not in taken)


def _given(lines: list[Line], as_json: bool) -> int:
    """A token that was made: where it is taken, and what keeps others from there."""
    *told, (_, id, name, role, ends) = lines
    addresses = [(str(line[1]), str(line[2])) for line in told if line[0] == "token/new/address"]
    shut = [str(line[1]) for line in told if line[0] == "token/new/shut"]
    if as_json:
        found: dict[str, Any] = {"id": id, "name": name, "role": role, "ends": ends, "shut": "; ".join(shut)}
        found["addresses"] = [{"address": address, "svg": svg} for address, svg in addresses]
        say(json.dumps(found))
        return 0
    say(f"{plain(role)} for {plain(name)}, until {plain(ends)} (id {plain(id)}). Who has the code has the role; "
        f"`studiod join --revoke {plain(id)}` ends it.")  # fmt: skip
    for address, _ in addresses:
        say(f"\n{plain(address)}")
        if not shut:
            say(drawn(address))
    for why in shut:
        say(f"no tablet can reach it: {plain(why)}", sys.stderr)
    return 0


def drawn(address: str) -> str:
    """A QR code for a terminal, light on dark; where its letters cannot draw one, that."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        BLOCKS.encode(encoding)
    except UnicodeEncodeError:
        return f"(no QR code: {encoding} has no letters to draw it with; set a UTF-8 locale, such as LC_ALL=C.UTF-8)"
    import segno

    out = io.StringIO()
    segno.make(address, error="m", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue().rstrip("\n")


def _list(lines: list[Line], as_json: bool) -> int:
    keys = ("id", "name", "role", "made", "ends", "by")
    if as_json:
        say(json.dumps([dict(zip(keys, line[1:], strict=False)) for line in lines]))
        return 0
    if not lines:
        say("no token was given; `studiod join` gives one")
        return 0
    rows = [[key.upper() for key in keys], *([plain(str(word)) for word in line[1:7]] for line in lines)]
    wide = [max(len(row[k]) for row in rows) for k in range(len(keys))]
    say("\n".join("  ".join(f"{word:<{wide[k]}}" for k, word in enumerate(row)).rstrip() for row in rows))
    return 0


def _revoked(lines: list[Line], as_json: bool) -> int:
    ended = [dict(zip(("id", "name", "role"), line[1:], strict=False)) for line in lines]
    if as_json:
        say(json.dumps(ended))
        return 0
    say("\n".join(f"ended: {plain(one['role'])} for {plain(one['name'])} (id {plain(one['id'])})" for one in ended))
    return 0
