"""What must be impossible inside the sandbox, each tried by code that runs as an answer does.

The source of each function is sent as an answer, so it stands alone and imports what it needs. It returns an
empty text where it could not do what it tried, else what it could.
"""


def open_the_network() -> str:
    import socket

    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK):
        try:
            socket.socket(family, socket.SOCK_STREAM).close()
        except OSError:
            continue
        return f"a socket of the family {family}"
    return ""


def write_outside(*places: str) -> str:
    from pathlib import Path

    for place in ("/", "/etc", "/usr", "/usr/local", "/var", "/dev", "/dev/shm", "/course", "/proc", *places):
        if place == "/tmp":  # inside it is a scratch folder of its own
            continue
        try:
            (Path(place) / "s2s-probe").write_text("here")
        except OSError:
            continue
        return f"wrote into {place}"
    return ""


def read_outside(*places: str) -> str:
    from pathlib import Path

    import s2s_course

    package = Path(s2s_course.__file__).parent
    for place in ("/home", "/etc/passwd", "/etc/shadow", package / "claims", *places):
        try:
            Path(place).lstat()
        except OSError:
            continue
        return f"sees {place}"
    return "sees the references" if any((package / "exercises").glob("chapter*")) else ""


def read_the_environment(*names: str) -> str:
    import os
    from pathlib import Path

    seen = set(os.environ) & set(names)
    try:
        outer = Path("/proc/1/environ").read_bytes()
        seen |= {name for name in names if name.encode() + b"=" in outer}
    except OSError:
        pass
    return f"sees {', '.join(sorted(seen))}" if seen else ""


def see_other_processes() -> str:
    import os
    from pathlib import Path

    others = {path.name for path in Path("/proc").glob("[0-9]*")} - {"1", str(os.getpid())}
    return f"sees the processes {', '.join(sorted(others))}" if others else ""


def reach_the_worker() -> str:
    import ctypes
    import os
    import resource
    import signal
    from pathlib import Path

    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGINT, signal.SIGTERM):
        os.kill(1, number)
    for file in ("fd", "mem", "environ", "maps"):
        path = Path("/proc/1") / file
        try:
            list(path.iterdir()) if file == "fd" else path.open("rb").close()
        except OSError:
            continue
        return f"reads {path}"
    try:
        resource.prlimit(1, resource.RLIMIT_CPU, (1, 1))
        return "sets the worker's limits"
    except OSError:
        pass
    return "traces the worker" if ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0 else ""


def make_a_namespace() -> str:
    import ctypes

    libc = ctypes.CDLL(None)
    for name, flag in (
        ("user", 0x10000000),
        ("mount", 0x20000),
        ("network", 0x40000000),
        ("pid", 0x20000000),
    ):
        if libc.unshare(flag) == 0:
            return f"a new {name} namespace"
    return "a mount" if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0 else ""


def have_privileges() -> str:
    import os
    from pathlib import Path

    lines = Path("/proc/self/status").read_text().splitlines()
    status = dict(line.split(":\t", 1) for line in lines)
    rights = [name for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb") if int(status[name], 16)]
    if rights or 0 in (os.getuid(), os.geteuid(), os.getgid(), os.getegid()):
        return f"has {', '.join(rights) or 'the rights of root'}"
    if status["NoNewPrivs"].strip() != "1" or status["Seccomp"].strip() != "2":
        return "is not filtered"
    try:
        os.setuid(0)
    except OSError:
        return ""
    return "becomes root"


def take_memory(size: int) -> str:
    try:
        taken = bytearray(size)
    except MemoryError:
        return ""
    return f"took {len(taken):,} bytes"


def fill_the_scratch(size: int) -> str:
    from pathlib import Path

    try:
        for number in range(8):
            Path(f"/tmp/{number}").write_bytes(bytes(size // 4))
    except OSError:
        return ""
    return f"wrote {2 * size:,} bytes"


def fork_without_end(most: int) -> str:
    import os
    import signal

    for _ in range(4 * most):
        try:
            if os.fork() == 0:
                signal.pause()
        except OSError:
            return ""
    return f"started {4 * most} processes"


def leave_a_process_behind() -> str:
    import os
    import time

    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1000)  # it holds the pipe on which the answer goes out
        os._exit(0)
    return ""


def take_memory_together(size: int) -> str:
    import os
    import signal
    import time

    for _ in range(8):
        if os.fork() == 0:
            taken = bytearray(size)
            taken[::4096] = b"1" * len(taken[::4096])
            signal.pause()
    until = time.monotonic() + 3
    while time.monotonic() < until:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid and os.WIFSIGNALED(status):
            return ""
        time.sleep(0.02)
    return f"took {8 * size:,} bytes"


def write_without_end() -> str:
    import os

    for descriptor in range(3, 64):
        try:
            while True:
                os.write(descriptor, bytes(1 << 20))
        except OSError:
            continue
    return "wrote without end"


def compute_without_end() -> str:
    import itertools

    return str(sum(itertools.repeat(1)))
