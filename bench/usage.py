# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a part of the life of this process used: peak memory (Linux), processor time."""

import resource
from pathlib import Path

import psutil

MEGABYTE = 1024


def reset_peak():
    """Forget the peak so far; False where the system does not let us (see proc(5))."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True


def _high_water(pid):
    """Peak resident memory of a process in MB, 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    for line in text.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / MEGABYTE
    return 0.0


def peak():
    """Peak of this process since :func:`reset_peak`, in MB."""
    return _high_water("self")


def living_children():
    """Sum of the peaks of the child processes that live on, in MB: the rule checker."""
    return sum(_high_water(child.pid) for child in psutil.Process().children(True))


def largest_dead_child():
    """Peak of the largest child process that has ended (the renderer), in MB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MEGABYTE


def own_processor_seconds():
    """Processor seconds of this process and of its children that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    return ended.ru_utime + ended.ru_stime + own.ru_utime + own.ru_stime


def processor_seconds():
    """The same with the children that live on."""
    seconds = own_processor_seconds()
    for child in psutil.Process().children(True):
        times = child.cpu_times()
        seconds += times.user + times.system
    return seconds
