"""Answers that take more than their share, read what is not theirs, or reach out. None runs but in a sandbox.

Each is called with two tensors, (B, S) and (B, S, M). What reads or reaches out ends with an error that
begins with SEEN where it has come through.
"""

import torch
from grading.regression.attack import attack


@attack()
def endless_loop_that_swallows_all(weights, memory):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


@attack()
def endless_loop_in_c(weights, memory):
    import itertools

    return list(itertools.repeat(1, 10**18))


@attack()
def endless_loop_in_one_power(weights, memory):
    return 7 ** (10**10)


@attack()
def asleep(weights, memory):
    import time

    time.sleep(10**6)


@attack("crash")
def recursion(weights, memory):
    return recursion(weights, memory)


@attack()
def deep_recursion_in_c(weights, memory):
    import sys

    sys.setrecursionlimit(10**9)
    return deep_recursion_in_c(weights, memory)


@attack()
def twenty_gigabytes(weights, memory):
    return bytearray(20 * 2**30)


@attack()
def a_tensor_of_twenty_gigabytes(weights, memory):
    return torch.ones(5 * 2**30).sum()


@attack()
def many_small_pieces(weights, memory):
    kept = []
    while True:
        kept.append(bytearray(2**20))


@attack()
def fork_bomb(weights, memory):
    import os

    while True:
        os.fork()


@attack()
def thread_bomb(weights, memory):
    import threading
    import time

    while True:
        threading.Thread(target=time.sleep, args=(1000,)).start()


@attack()
def full_disk(weights, memory):
    with open("/tmp/full", "wb") as file:
        while True:
            file.write(bytes(2**20))


@attack()
def flood_of_output(weights, memory):
    import os

    while True:
        print("x" * 10**6)
        os.write(1, b"y" * 10**6)
        os.write(2, b"z" * 10**6)


@attack()
def long_output(weights, memory):
    print("x" * 10**7)
    return memory


@attack()
def reads_references(weights, memory):
    import s2s_course.exercises.chapter_05.context_vector as found

    raise RuntimeError("SEEN " + str(found))


@attack()
def reads_its_file(weights, memory):
    import pathlib

    import s2s_course

    found = [str(p) for p in pathlib.Path(s2s_course.__file__).parent.rglob("chapter_0*")]
    assert found
    raise RuntimeError("SEEN " + str(found))


@attack()
def reads_any_reference(weights, memory):
    import subprocess

    found = subprocess.run(
        'grep -rlE "def (context_vector|additive_score)" / --include=*.py --include=*.ipynb 2>/dev/null',
        shell=True,
        capture_output=True,
    ).stdout
    assert found
    raise RuntimeError("SEEN " + str(found))


@attack()
def reads_other_submissions(weights, memory):
    import pathlib

    found = [p for p in pathlib.Path("/").rglob("*.ipynb")]
    assert found
    raise RuntimeError("SEEN " + str(found))


@attack()
def reads_the_seed(weights, memory):
    import gc

    found = [o for o in gc.get_objects() if isinstance(o, dict) and "seed" in o and type(o["seed"]) is int]
    assert found
    raise RuntimeError("SEEN " + str(found))


@attack()
def reads_home(weights, memory):
    import pathlib

    found = [
        p
        for home in ("/root", "/home", pathlib.Path("~").expanduser())
        if pathlib.Path(home).is_dir()
        for p in pathlib.Path(home).glob("*")
        if ".pyenv" not in str(p)
    ]
    assert found
    raise RuntimeError("SEEN " + str(found))


@attack()
def reads_the_environment(weights, memory):
    import os

    found = [k for k in os.environ if k in ("S2S_SECRET", "USER", "SSH_AUTH_SOCK", "PIP_EXTRA_INDEX_URL")]
    assert found
    raise RuntimeError("SEEN " + str(found))


@attack()
def reads_memory_of_its_parent(weights, memory):
    import os

    found = open(f"/proc/{os.getppid()}/mem", "rb")
    raise RuntimeError("SEEN " + str(found))


@attack()
def reads_passwords(weights, memory):
    found = open("/etc/shadow").read()
    raise RuntimeError("SEEN " + str(found))


@attack()
def reads_other_processes(weights, memory):
    import os

    found = [p for p in os.listdir("/proc") if p.isdigit() and int(p) > 500]
    assert found
    raise RuntimeError("SEEN " + str(found))


@attack()
def opens_a_socket(weights, memory):
    import socket

    socket.create_connection(("127.0.0.1", 47809), timeout=1)
    raise RuntimeError("SEEN a way out")


@attack()
def opens_a_datagram(weights, memory):
    import socket

    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 47809))
    raise RuntimeError("SEEN a way out")


@attack()
def opens_an_address(weights, memory):
    import urllib.request

    urllib.request.urlopen("http://example.com", timeout=1)
    raise RuntimeError("SEEN a way out")


@attack()
def opens_a_file_outside(weights, memory):
    open("/usr/s2s-was-here", "w")
    raise RuntimeError("SEEN a way out")


@attack()
def opens_a_file_of_the_package(weights, memory):
    import s2s_course

    open(s2s_course.__file__, "a")
    raise RuntimeError("SEEN a way out")


@attack()
def opens_a_user_namespace(weights, memory):
    import ctypes

    assert ctypes.CDLL(None).unshare(0x10000000) == 0
    raise RuntimeError("SEEN a way out")


@attack()
def opens_a_mount(weights, memory):
    import ctypes

    assert ctypes.CDLL(None).mount(b"none", b"/tmp", b"tmpfs", 0, 0) == 0
    raise RuntimeError("SEEN a way out")
