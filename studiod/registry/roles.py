"""Who may do what: one table of roles, over the paths that they set and over the words that they say.

Everybody with a role may read every path and every meter.  `view` does no more; `bus:N` is a musician's own mix; `mix`
works the desk; `admin` may everything.  Which role a word needs stands where it is declared (`commands.py`).
"""

from studiod.registry.commands import WAYS, WORDS

ROLES = ("none", "view", "bus", "mix", "admin")  # each may what the ones before it may; bus:N counts as bus

# Paths that mix may not set, and what they need.  The first row that matches counts.
ABOVE_MIX = (("admin", "output/**"), ("admin", "input/**"), ("admin", "config/**"))

# What bus:N may set, and the linked partner of its bus too: the sends into it, and what makes its sound and level.
BUS = (
    "ch/*/send/N/**", "return/*/send/N/**",
    "bus/N/fader", "bus/N/mute", "bus/N/balance", "bus/N/eq/**",
)  # fmt: skip

LEADS = tuple(WAYS)  # words before a path, each another way to set it; what is asked is the path's own

# The least role that may say a word.  What a command changes is asked path by path besides.
COMMANDS = {word: one.role for word, one in WORDS.items()}


def need_of(path: str) -> str:
    """The role that setting a path, or what a pattern matches, needs by its first part."""
    return next((role for role, pattern in ABOVE_MIX if pattern.partition("/")[0] == path.partition("/")[0]), "mix")


def rank(role: str) -> int:
    """Where a role stands among all: each may what those before it may."""
    return ROLES.index(role.partition(":")[0])


def reaches(role: str, need: str) -> bool:
    """Whether a role is at least the one that is needed."""
    return rank(role) >= rank(need)


def covers(role: str, given: str) -> bool:
    """Whether who has a role may give one to others: none that is more than his own, and of the buses only his."""
    if rank(given) < rank("view") or rank(role) < rank("bus"):
        return False
    return given in (role, "view") if role.startswith("bus") else reaches(role, given)
