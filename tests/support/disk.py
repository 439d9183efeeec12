# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A disk of a test's own, small enough to be full."""

import os
import shutil
import subprocess

BLOCK = 1 << 16


class SmallDisk:
    """A file system in memory in the place of a folder, with the same content.

    ``refusal``: why it could not be mounted, or None.
    """

    def __init__(self, folder, size):
        self.folder = folder
        self._kept = folder.with_name(f"{folder.name}.kept")
        self._ballast = folder / "ballast"
        folder.rename(self._kept)
        folder.mkdir()
        self.refusal = self._mount(size)
        shutil.copytree(self._kept, folder, dirs_exist_ok=True)

    def _mount(self, size):
        options = f"size={size},mode=0700,uid={os.geteuid()},gid={os.getegid()}"
        return _run("mount", "-t", "tmpfs", "-o", options, "demat", str(self.folder))

    def close(self):
        """Give the folder back as it was."""
        if self.refusal is None:
            _run("umount", "--lazy", str(self.folder))
        shutil.rmtree(self.folder)
        self._kept.rename(self.folder)

    def fill(self, left):
        """Write until only about ``left`` bytes are free."""
        with open(self._ballast, "wb", buffering=0) as stream:
            while (room := self.free() - left) > 0:
                stream.write(bytes(min(room, BLOCK)))

    def make_room(self):
        self._ballast.unlink()

    def free(self):
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize


def _run(*command):
    """What the command complained about, None when it worked."""
    if os.geteuid():
        command = ("sudo", "-n", *command)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip() or "it failed"
