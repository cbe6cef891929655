"""The filter of system calls, run by a small interpreter of BPF, and by the kernel in test_sandbox.py."""

import errno
import re
import struct
from pathlib import Path

import pytest

from s2s_course.grading.seccomp import REFUSED, filter_for

ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE, NO_SUCH_CALL = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
COLUMN = {"x86_64": 0, "aarch64": 1}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
MACHINES = pytest.mark.parametrize("machine", ARCHITECTURE)


def verdict(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the kernel would do: the classic BPF of seccomp, with the four kinds of jumps that are used."""
    data = struct.pack("=IIQ", number, architecture or ARCHITECTURE[machine], 0)
    data += struct.pack("=6Q", *arguments, *[0] * (6 - len(arguments)))
    program = [*struct.iter_unpack("=HBBI", filter_for(machine))]
    value, place = 0, 0
    while True:
        code, yes, no, k = program[place]
        place += 1
        if code == 0x20:
            (value,) = struct.unpack_from("=I", data, k)
        elif code == 0x06:
            return k
        else:
            place += yes if {0x15: value == k, 0x35: value >= k, 0x45: bool(value & k)}[code] else no


@MACHINES
def test_what_is_listed_is_refused(machine):
    for name, numbers in REFUSED.items():
        if numbers[COLUMN[machine]] is not None:
            assert verdict(machine, numbers[COLUMN[machine]]) == REFUSE, name


@MACHINES
def test_everything_else_is_allowed(machine):
    listed = {numbers[COLUMN[machine]] for numbers in REFUSED.values()}
    plain = set(range(460)) - listed - {435, {"x86_64": 302, "aarch64": 261}[machine]}
    assert {number for number in plain if verdict(machine, number) != ALLOW} == set()


@MACHINES
def test_new_processes_are_allowed_and_new_namespaces_are_not(machine):
    clone = {"x86_64": 56, "aarch64": 220}[machine]
    threads, child = 0x003D0F00, 17
    assert verdict(machine, clone, threads) == verdict(machine, clone, child) == ALLOW
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert verdict(machine, clone, flag | child) == REFUSE
    assert verdict(machine, 435) == NO_SUCH_CALL


@MACHINES
def test_limits_are_set_of_the_own_process_only(machine):
    limits = {"x86_64": 302, "aarch64": 261}[machine]
    assert verdict(machine, limits, 0, 7) == ALLOW
    assert verdict(machine, limits, 1, 7) == REFUSE


@MACHINES
def test_nothing_is_typed_into_the_terminal(machine):
    control = {"x86_64": 16, "aarch64": 29}[machine]
    assert verdict(machine, control, 0, 0x5401) == ALLOW
    assert verdict(machine, control, 0, 0x5412) == verdict(machine, control, 0, 0x541C) == REFUSE


def test_calls_of_another_architecture_end_the_process():
    i386 = 0x40000003
    assert verdict("x86_64", 0, architecture=i386) == verdict("aarch64", 0, architecture=i386) == KILL
    assert verdict("x86_64", 0x40000000 | 41) == KILL


@MACHINES
def test_numbers_are_those_of_linux(machine):
    if not HEADERS[machine].exists():
        pytest.skip("the headers of Linux are not installed")
    text = HEADERS[machine].read_text(encoding="utf-8")
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text))
    for name, numbers in REFUSED.items():
        if numbers[COLUMN[machine]] is not None and name in known:
            assert numbers[COLUMN[machine]] == int(known[name]), name
    assert len(set(REFUSED) & set(known)) > 40


def test_another_processor_is_refused():
    assert filter_for("AMD64") == filter_for("x86_64") and filter_for("arm64") == filter_for("aarch64")
    with pytest.raises(ValueError, match="machine must be one of x86_64, aarch64, got 'riscv64'"):
        filter_for("riscv64")
