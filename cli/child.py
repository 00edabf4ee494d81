"""Become another program that cannot outlive its parent; run as a file, on the standard library alone."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
LINUX_CAPABILITY_VERSION_3 = 0x20080522


def die_with_parent(parent: int, number: int) -> None:
    """Have the kernel send signal `number` here when `parent` ends, however it ends (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        # It ended before the request was made.
        os.kill(os.getpid(), number)


def become(uid: int, gid: int, *, across_closed_folders: bool) -> None:
    """Leave root's account, since PostgreSQL refuses it.

    `across_closed_folders` keeps the one right to pass through folders that only root may enter, so that an
    installation under such a folder works without opening it to everybody.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    os.setgroups([])
    os.setgid(gid)
    if across_closed_folders:
        # Keeps rights through the change of account, and lets access(), which initdb asks, count them.
        libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setuid(uid)
    if across_closed_folders:
        right = 1 << CAP_DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
        # Effective, permitted, inheritable; then the same for capabilities above 31, of which none is kept.
        sets = (ctypes.c_uint32 * 6)(right, right, right, 0, 0, 0)
        raised = libc.capset(header, sets) == 0
        raised = raised and libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0) == 0
        if not raised:
            sys.exit("Un dossier fermé sépare PostgreSQL de ses fichiers : placez le projet et SMOE_DATA_DIR ailleurs.")


def main(parent: str, number: str, uid: str, gid: str, across_closed_folders: str, *command: str) -> None:
    """Change account where asked, tie to the parent, and turn into the command."""
    if uid:
        become(int(uid), int(gid), across_closed_folders=bool(across_closed_folders))
    # After the change of account, which would clear it.
    die_with_parent(int(parent), int(number))
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
