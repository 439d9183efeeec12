# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How far the reading of an export is: a big one takes longer than a job may last."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from .export_links import Problem

__all__ = ["ReadSoFar"]

#: What takes its time, in this order: members, documents, containers.
STEPS = ("sums", "documents", "containers")


@dataclass
class ReadSoFar:
    """What was read, and what was found in it.

    :param done: number of items read in each step
    :param problems: list of :class:`Problem` found in them
    :param seals: number of seals of PDFs that hold
    """

    done: dict = field(default_factory=lambda: dict.fromkeys(STEPS, 0))
    problems: list = field(default_factory=list)
    seals: int = 0

    @property
    def count(self) -> int:
        """Number of items read."""
        return sum(self.done.values())

    def rest_of(
        self, step: str, items: Iterable, tell: Callable[[], None] | None
    ) -> Iterator:
        """Yield the items of a step that were not read; each counts as read when the
        next one is asked for.

        :param tell: called after each; an exception in it pauses the reading
        """
        for place, item in enumerate(items):
            if place < self.done[step]:
                continue
            yield item
            self.done[step] = place + 1
            if tell:
                tell()

    def as_json(self) -> dict:
        """Return a dictionary for :meth:`from_json`."""
        problems = [[one.code, one.values] for one in self.problems]
        return {"done": self.done, "problems": problems, "seals": self.seals}

    @classmethod
    def from_json(cls, data: dict) -> "ReadSoFar":
        """Return what :meth:`as_json` gave."""
        return cls(
            {step: int(data["done"].get(step, 0)) for step in STEPS},
            [Problem(code, values) for code, values in data["problems"]],
            data["seals"],
        )
