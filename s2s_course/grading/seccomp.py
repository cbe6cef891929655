"""A filter of system calls, as a classic BPF program that bubblewrap installs before the worker starts.

What is refused here is no part of computing with tensors, and has been a way out of sandboxes: new
namespaces, mounts, looking into other processes, the kernel's own virtual machines, keys, and the network. A
filter is inherited by every process and cannot be taken off. Numbers are those of ``asm/unistd.h`` of Linux.
"""

import errno
import struct

# name: (x86_64, aarch64); None where an architecture has no such call
REFUSED = {
    "_sysctl": (156, None), "acct": (163, 89), "add_key": (248, 217), "adjtimex": (159, 171),
    "bpf": (321, 280), "chroot": (161, 51), "clock_adjtime": (305, 266), "clock_settime": (227, 112),
    "create_module": (174, None), "delete_module": (176, 106), "fanotify_init": (300, 262),
    "finit_module": (313, 273), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fsopen": (430, 430), "fspick": (433, 433), "init_module": (175, 105),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "io_uring_setup": (425, 425),
    "ioperm": (173, None), "iopl": (172, None), "kcmp": (312, 272), "kexec_file_load": (320, 294),
    "kexec_load": (246, 104), "keyctl": (250, 219), "lookup_dcookie": (212, 18), "memfd_secret": (447, 447),
    "migrate_pages": (256, 238), "modify_ldt": (154, None), "mount": (165, 40), "mount_setattr": (442, 442),
    "move_mount": (429, 429), "move_pages": (279, 239), "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42), "open_by_handle_at": (304, 265), "open_tree": (428, 428),
    "perf_event_open": (298, 241), "pidfd_getfd": (438, 438), "pivot_root": (155, 41),
    "process_madvise": (440, 440), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "ptrace": (101, 117), "quotactl": (179, 60), "quotactl_fd": (443, 443), "reboot": (169, 142),
    "request_key": (249, 218), "setdomainname": (171, 162), "sethostname": (170, 161), "setns": (308, 268),
    "settimeofday": (164, 170), "socket": (41, 198), "socketpair": (53, 199), "swapoff": (168, 225),
    "swapon": (167, 224), "syslog": (103, 116), "umount2": (166, 39), "unshare": (272, 97),
    "uselib": (134, None), "userfaultfd": (323, 282), "vhangup": (153, 58),
}  # fmt: skip
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_ALIASES = {"amd64": "x86_64", "arm64": "aarch64"}

_CLONE, _CLONE3, _PRLIMIT, _IOCTL = (56, 220), (435, 435), (302, 261), (16, 29)
_NAMESPACES = 0x7E020080  # CLONE_NEW…: time, mount, cgroup, uts, ipc, user, pid, network
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI and TIOCLINUX type what the terminal's shell would obey
_X32_BIT = 0x40000000

# struct seccomp_data: the number of the call, the architecture, and the arguments from 16 on (low half first)
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000


def filter_for(machine: str) -> bytes:
    """The program for a machine as ``platform.machine()`` names it; ValueError for one that is not known."""
    machine = _ALIASES.get(machine.lower(), machine.lower())
    if machine not in _ARCHITECTURES:
        raise ValueError(f"machine must be one of {', '.join(_ARCHITECTURES)}, got {machine!r}")
    column = list(_ARCHITECTURES).index(machine)
    refuse, allow = [(_RETURN, 0, 0, _ERRNO | errno.EPERM)], [(_RETURN, 0, 0, _ALLOW)]
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":  # the same calls under other numbers
        program += [(_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL)]
    for number in (numbers[column] for numbers in REFUSED.values()):
        program += [(_EQUAL, 0, 1, number), *refuse] if number is not None else []
    # Its flags lie in memory, where a filter cannot look; who is told that there is none takes clone.
    program += [(_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    program += _on(_CLONE[column], [(_LOAD, 0, 0, _FIRST), (_ANY_BIT, 0, 1, _NAMESPACES), *refuse, *allow])
    # The limits of its own only: a child must not set those of the worker.
    program += _on(_PRLIMIT[column], [(_LOAD, 0, 0, _FIRST), (_EQUAL, 1, 0, 0), *refuse, *allow])
    one, other = _TERMINAL_INPUT
    test = [(_EQUAL, 1, 0, one), (_EQUAL, 0, 1, other), *refuse, *allow]
    program += _on(_IOCTL[column], [(_LOAD, 0, 0, _SECOND), *test])
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in [*program, *allow])


def _on(number: int, then: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """``then``, which returns, for the call of that number alone."""
    return [(_EQUAL, 0, len(then), number), *then]
