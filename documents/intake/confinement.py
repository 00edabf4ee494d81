"""What a process that reads files of strangers gives up before it opens one, as far as the kernel allows."""

import contextlib
import ctypes
import os
import resource
import struct
import sys
from collections.abc import Sequence
from typing import Final

CPU_SECONDS_MAX: Final = 30
MEMORY_BYTES_MAX: Final = 1536 << 20
"""Of addresses: an image of `images.PIXELS_MAX` is decoded within."""
OPEN_FILES_MAX: Final = 64

_PR_SET_DUMPABLE: Final = 4
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38
_SIGKILL: Final = 9
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000

# include/uapi/linux/landlock.h; these numbers are the same on every architecture.
_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_LANDLOCK_CREATE_RULESET_VERSION: Final = 1
_LANDLOCK_RULE_PATH_BENEATH: Final = 1
_LANDLOCK_FILES: Final = (1 << 13) - 1
"""Every right on files that the first version knows; later ones only add to them."""
_LANDLOCK_READ: Final = (1 << 2) | (1 << 3)
_LANDLOCK_NETWORK: Final = (1 << 0) | (1 << 1)
_LANDLOCK_VERSION_WITH_NETWORK: Final = 4


def confine(readable: Sequence[str]) -> None:
    """Limit this process for good: time, memory, no file written, no file read but beneath `readable`, no network."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS_MAX),
        (resource.RLIMIT_AS, MEMORY_BYTES_MAX),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES_MAX),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        # Refused in many containers, where Landlock remains.
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
        _fence(libc, readable)


def landlock_version() -> int:
    """Which version of Landlock the kernel has; below 1 it has none."""
    if sys.platform != "linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    nothing = ctypes.c_size_t(0)
    return int(libc.syscall(_LANDLOCK_CREATE_RULESET, None, nothing, _LANDLOCK_CREATE_RULESET_VERSION))


def _fence(libc: ctypes.CDLL, readable: Sequence[str]) -> None:
    version = landlock_version()
    if version < 1:
        return
    network = _LANDLOCK_NETWORK if version >= _LANDLOCK_VERSION_WITH_NETWORK else 0
    attributes = struct.pack("=QQ", _LANDLOCK_FILES, network) if network else struct.pack("=Q", _LANDLOCK_FILES)
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return
    try:
        for path in readable:
            with contextlib.suppress(FileNotFoundError):
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
                rights = _LANDLOCK_READ if os.path.isdir(path) else 1 << 2
                beneath = struct.pack("=Qi", rights, place)
                libc.syscall(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_RULE_PATH_BENEATH, beneath, 0)
                os.close(place)
        libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
