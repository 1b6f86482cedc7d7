"""Asks for interfaces in children, since drivers hang: which there are, and why one would not open."""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

LOG = logging.getLogger(__name__)
REPLUG = "restart its server, or unplug it and plug it in"


def _ask(words: list[str], limit_s: float) -> Any:
    """What `python -m studiod.realtime.interface` says.

    Raises subprocess.SubprocessError, OSError, ValueError, IndexError.
    """
    command = [sys.executable, "-m", "studiod.realtime.interface", *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit_s, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def unanswered(fault: Exception) -> str:
    """Why a child that was asked gave no answer, in words: not the command that it was."""
    if isinstance(fault, subprocess.TimeoutExpired):
        return f"no answer within {fault.timeout:g} s"
    if isinstance(fault, subprocess.CalledProcessError):
        return f"whoever asks is ended (status {fault.returncode})"
    if isinstance(fault, OSError):
        return (fault.strerror or type(fault).__name__).lower()
    return "an answer that cannot be read"


def probe(limit_s: float = 15.0) -> list[dict[str, Any]]:
    """The interfaces of this machine; none, and a warning, when they could not be listed in time."""
    try:
        return list(_ask([], limit_s))
    except (subprocess.SubprocessError, OSError, ValueError, IndexError) as fault:
        LOG.warning("the audio interfaces could not be listed: %s; is libportaudio2 installed?", unanswered(fault))
        return []


def refusal(wanted: Mapping[str, Any], limit_s: float) -> str:
    """Why an interface would not open with wanted (device, rate_hz, inputs, outputs: the console's), and the remedy.

    "" when it would.  The same cause is always told in the same words.
    """
    try:
        return str(_ask([json.dumps(wanted)], limit_s))
    except subprocess.TimeoutExpired:
        return f"its driver does not answer within {limit_s:g} s: {REPLUG}"
    except subprocess.CalledProcessError as fault:
        return f"its driver ends whoever asks it (status {fault.returncode}): {REPLUG}, and see `studiod check`"
    except (OSError, ValueError, IndexError) as fault:
        return f"its driver could not be asked ({type(fault).__name__}): {REPLUG}, and see `studiod check`"
