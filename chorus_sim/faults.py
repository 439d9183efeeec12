# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What goes wrong on purpose: a queue of faults, each for an operation and a time."""

import threading
from dataclasses import dataclass

KINDS = {
    "drop": "the operation is done, then the connection is cut without an answer",
    "lose": "the connection is cut, nothing is done",
    "status": "an HTTP status instead of the answer, nothing is done",
    "slow": "the operation is done, the answer comes after some seconds",
    "garbage": "the operation is done, the answer is not JSON",
    "code": "a codeRetour with a label, nothing is done",
}


@dataclass
class Fault:
    """One fault: for which operation (``*``: any), after how many calls, how often.

    ``times`` 0 is "until the end". The other fields are for the kinds that need them.
    """

    kind: str
    operation: str = "*"
    skip: int = 0
    times: int = 1
    status: int = 503
    retry_after: int | None = None
    seconds: float = 1.0
    code: int = 1
    label: str = "CODE PAR DEFAUT"

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault: {self.kind}")


class Faults:
    """The faults that are still to come."""

    def __init__(self):
        self._queue = []
        self._lock = threading.Lock()

    def add(self, **values):
        """Plan a fault.

        :raise ValueError: it has a field that does not exist, or an unknown kind
        """
        try:
            fault = Fault(**values)
        except TypeError as error:
            raise ValueError(str(error)) from error
        with self._lock:
            self._queue.append(fault)

    def clear(self):
        with self._lock:
            self._queue.clear()

    def take(self, operation):
        """The fault of this call, or None."""
        with self._lock:
            for fault in self._queue:
                if fault.operation not in ("*", operation):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times:
                    fault.times -= 1
                    if not fault.times:
                        self._queue.remove(fault)
                return fault
        return None
