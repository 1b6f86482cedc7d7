"""Rights as seen: a page offers what its role's table says, dims the rest and names the role that is needed; and what
it does not offer is refused when it is said by hand."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from test_everybody import PLACES, shown

from browser import chromium
from controllers.access import Access
from page_rig import CONSOLE, TABLET, Seen, eventually
from studiod.registry.registry import Registry
from token_rig import TokenRig

ROLES = ["view", "bus:3", "mix", "admin"]
Desks = Callable[[str], tuple[TokenRig, Seen]]
# Each control of a path: whether it is dim, and what it says of the reason.
CONTROLS = """() => [...document.querySelectorAll('#app [path]')].flatMap((one) => {
  if (one.querySelector('[path]')) return [];
  const hand = one.matches('[role=slider]') ? one : one.querySelector('button, input, select, [role=slider]');
  if (!hand || !hand.getClientRects().length) return [];
  const dim = hand.getAttribute('aria-disabled') === 'true' || hand.disabled === true || hand.readOnly === true;
  return [[one.getAttribute('path'), dim, hand.title || one.title]];
})"""
SEED, HANDED = 17, 60


@pytest.fixture(scope="module")
def desks() -> Iterator[Desks]:
    """A desk that gives everybody one role, and a page of it."""
    made: dict[str, tuple[TokenRig, Seen]] = {}
    with chromium() as first:

        def one(role: str) -> tuple[TokenRig, Seen]:
            if role not in made:
                rig = TokenRig(registry=Registry(CONSOLE), rights=lambda _: role)
                context = first.browser.new_context(viewport=TABLET, has_touch=True)
                made[role] = rig, Seen(context, rig.port, "mix/ch")
            return made[role]

        yield one
        for rig, page in made.values():
            page.close()
            rig.close()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_may_not_set_is_dim_and_says_which_role_it_needs(desks: Desks, role: str, place: str) -> None:
    rig, page = desks(role)
    shown(page, place)
    access = Access(rig.desk)
    for path, dim, title in page.page.evaluate(CONTROLS):
        param = rig.desk.registry.params.get(path)
        if param is None or "read_only" in param.flags:
            continue
        need = access.lacks(role, path)
        assert dim == bool(need), (path, need, title)
        assert not need or f"needs the role {need}" in title, (path, title)


def handed(page: Seen, said: str) -> list[list[Any]]:
    """What the desk refuses of messages that a page says by hand: those of `say`."""
    return page.run(  # type: ignore[no-any-return]
        "await (async () => {"
        "  const line = await use('line/line.js');"
        "  window.refused = [];"
        "  if (!window.hears) line.hear((address, args) => {"
        "    if (address === '/error') window.refused.push(args);"
        "    if (address === '/pong') window.ponged?.();"
        "  });"
        "  window.hears = true;"
        "  const over = new Promise((done) => (window.ponged = done));"
        f"  const say = line.say; {said}; say('/ping'); await over;"
        "  return window.refused; })()"
    )


@pytest.mark.parametrize("role", ROLES)
def test_a_path_that_is_set_by_hand_is_set_or_refused_by_the_table(desks: Desks, role: str) -> None:
    rig, page = desks(role)
    access, random_of = Access(rig.desk), random.Random(SEED)
    params = [param for param in rig.desk.registry.params.values() if param.kind == "switch" and not param.flags]
    own = [param for param in params if not access.lacks(role, param.path)]
    for param in random_of.sample(params, HANDED) + random_of.sample(own, min(HANDED, len(own))):
        before = rig.get(param.path)
        refused = handed(page, f"say('/{param.path}', [{1 - before}], 'i')")
        need = access.lacks(role, param.path)
        assert rig.get(param.path) == (before if need else 1 - before), param.path
        assert bool(need) == bool(refused), (param.path, refused)
        assert not need or f"needs the role {need}" in refused[0][1]
        rig.set(param.path, before)


@pytest.mark.parametrize("role", ROLES)
def test_a_word_that_is_said_by_hand_is_refused_by_the_table(desks: Desks, role: str) -> None:
    rig, page = desks(role)
    barred = [word for word in rig.desk.commands if Access(rig.desk).lacks_for(role, word)]
    assert (len(barred) > 2) == (role != "admin")
    for word in barred:
        refused = handed(page, f"say('/{word}')")
        assert refused, word
        assert refused[0][0] == f"/{word}"
        assert "needs the role" in refused[0][1], refused


@pytest.mark.parametrize(
    ("role", "given"), [("view", []), ("bus:3", ["view", "bus:3"]), ("mix", ["view", "bus:1", "bus:3", "mix"])]
)
def test_nobody_gives_more_than_he_has_by_hand(desks: Desks, role: str, given: list[str]) -> None:
    _, page = desks(role)
    for wanted in ("view", "bus:1", "bus:3", "mix", "admin"):
        refused = handed(page, f"say('/token/new', ['{wanted}', 'Somebody'])")
        assert bool(refused) == (wanted not in given), (wanted, refused)


@pytest.mark.parametrize(("role", "dim"), [("view", True), ("bus:3", False), ("mix", False), ("admin", False)])
def test_undo_is_offered_to_who_may(desks: Desks, role: str, dim: bool) -> None:
    _, page = desks(role)
    for name in ("Undo", "Redo"):
        button = page.page.locator(".top").get_by_role("button", name=name)
        eventually(lambda button=button: (button.get_attribute("aria-disabled") == "true") == dim)
        eventually(lambda button=button: ("needs the role bus" in str(button.get_attribute("title"))) == dim)
