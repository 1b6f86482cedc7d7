"""Asks for interfaces in children, since drivers hang: which there are, and why one would not open."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

LOG = logging.getLogger(__name__)
LIST_S = 15.0  # for a list of the interfaces
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


class Asking:
    """A list of the interfaces that is under way beside what else a start does."""

    def __init__(self, limit_s: float = LIST_S) -> None:
        self._limit_s = limit_s
        self._found: list[dict[str, Any]] = []
        self._fault: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="studiod-ask", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._found = list(_ask([], self._limit_s))
        except (subprocess.SubprocessError, OSError, ValueError, IndexError) as fault:
            self._fault = fault

    def found(self) -> list[dict[str, Any]]:
        """The interfaces of this machine; none, and a warning, when they could not be listed in time."""
        self._thread.join()
        if self._fault is not None:
            why = unanswered(self._fault)
            LOG.warning("the audio interfaces could not be listed: %s; is libportaudio2 installed?", why)
        return self._found


def probe(limit_s: float = LIST_S) -> list[dict[str, Any]]:
    """The same, waited for."""
    return Asking(limit_s).found()


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
