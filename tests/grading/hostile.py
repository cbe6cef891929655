"""Answers that try what they must not, each as the text of a cell that defines ``double``, and how each ends.

``double(x)`` is to give 2 * x. The end is what the outcomes on the inputs show ("right", or a kind of fault),
or the kind of the fault that stands for the whole attempt ("lost", "time").
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hostile:
    name: str
    code: str
    end: str
    says: str = ""
    seconds: float = 0.5


def body(*lines: str) -> str:
    return "\n    ".join(["def double(x):", *lines])


def right(*lines: str) -> str:
    return body(*lines, "return 2 * x")


FORGED = r"""
import json, os
def double(x):
    zero = {"tensor": "float32", "shape": SHAPE, "data": ""}
    outcome = {"output": zero, "gradients": [None], "connected": False, "modified": [], "modified_lists": [],
               "seconds": 0.0, "printed": "", "fault": None, "backward_fault": None}
    reply = json.dumps({"fault": None, "outcomes": [outcome] * 2})
    whole = json.dumps({"id": "double", "ended": "replied", "reply": reply})
    for descriptor in range(256):
        for text in TEXTS:
            try:
                os.write(descriptor, text.encode() + b"\n")
            except OSError:
                pass
    os._exit(0)
"""

HOSTILE = (
    Hostile("endless loop", body("while True: pass"), "time"),
    Hostile("endless loop that catches all", body("while True:", "    try:", "        while True: pass",
            "    except BaseException: pass"), "time"),
    Hostile("endless loop in C", body("import itertools", "sum(itertools.repeat(1))"), "time"),
    Hostile("endless loop in C, deaf", body("import itertools, signal", "for n in (14, 15, 24):",
            "    signal.signal(n, signal.SIG_IGN)", "sum(itertools.repeat(1))"), "time"),
    Hostile("endless loop where the cell is defined", "while True: pass\n", "time"),
    Hostile("stops itself", body("import os", "os.kill(os.getpid(), 19)"), "time"),
    Hostile("recursion", body("return double(x)"), "crash", "calls itself without end"),
    Hostile("recursion in C", body("a = []", "for _ in range(10**6): a = [a]", "return repr(a)"), "crash"),
    Hostile("20 GB at once", body("import torch", "return torch.zeros(5 * 10**9)"), "crash", "alloc"),
    Hostile("20 GB bit by bit", body("a = []", "while True: a.append(bytearray(1 << 28))"), "crash",
            "Memory", 5.0),
    Hostile("fork bomb", body("import os", "while True: os.fork()"), "lost"),
    Hostile("fork bomb that catches all", body("import os", "while True:", "    try: os.fork()",
            "    except OSError: pass"), "time"),
    Hostile("thread bomb", body("import threading, time", "while True:",
            "    threading.Thread(target=time.sleep, args=(100,), daemon=True).start()"), "crash"),
    Hostile("output flood", body("while True: print('x' * 10**6)"), "time"),
    Hostile("output flood below Python", right("import os", "for _ in range(99): os.write(1, bytes(10**6))",
            "for _ in range(99): os.write(2, bytes(10**6))"), "right"),
    Hostile("flood into every descriptor", body("import os", "for d in range(3, 64):", "    try:",
            "        while True: os.write(d, bytes(10**6))", "    except OSError: pass"), "lost",
            "much more"),
    Hostile("ends Python", body("import os", "os._exit(0)"), "lost", "ended Python, all of it"),
    Hostile("ends Python with a code", body("import os", "os._exit(7)"), "lost", "ended Python, all of it"),
    Hostile("ends Python where the cell is defined", "import os\nos._exit(0)\n", "lost", "ended Python"),
    Hostile("exit()", body("raise SystemExit"), "crash", "ends Python"),
    Hostile("interrupt", body("raise KeyboardInterrupt"), "crash"),
    Hostile("crashes Python", body("import ctypes", "ctypes.string_at(0)"), "lost", "crashed Python itself"),
    Hostile("kills itself", body("import os", "os.kill(os.getpid(), 9)"), "lost", "ended by the system"),
    Hostile("kills the worker", right("import os, signal", "for n in (2, 9, 15, 19, 24): os.kill(1, n)"),
            "right"),
    Hostile("kills all it can", right("import os", "try: os.kill(-1, 9)", "except OSError: pass"), "right"),
    Hostile("starves the worker", right("import resource",
            "try: resource.prlimit(1, resource.RLIMIT_CPU, (0, 0))", "except OSError: pass"), "right"),
    Hostile("leaves a grandchild that holds the pipe", right("import os, time", "if os.fork() == 0:",
            "    os.setsid()", "    if os.fork() == 0: time.sleep(1000)", "    os._exit(0)"), "right"),
    Hostile("leaves a daemon of another name", right("import ctypes, os, time", "if os.fork() == 0:",
            "    os.setsid()", "    ctypes.CDLL(None).prctl(15, b'MARKER', 0, 0, 0)", "    time.sleep(1000)"),
            "right"),
    Hostile("shuts every descriptor", body("import os", "os.closerange(0, 256)", "return 2 * x"), "lost"),
    Hostile("deletes what it finds", right("import shutil", "for place in ('/tmp', '/course'):",
            "    shutil.rmtree(place, ignore_errors=True)"), "right"),
    Hostile("reads references", body("from s2s_course.exercises.chapter_05.additive_score import EXERCISE"),
            "crash", "No module named"),
    Hostile("reads claims", body("from s2s_course.claims import ledger"), "crash", "No module named"),
    Hostile("opens a socket", body("import socket", "socket.create_connection(('127.0.0.1', 80))"), "crash",
            "not permitted"),
    Hostile("asks for a name", body("import socket", "socket.getaddrinfo('example.org', 80)"), "crash"),
    Hostile("writes outside", body("open('/usr/s2s-was-here', 'w')"), "crash", "Read-only"),
    Hostile("looks for the caller", body("import sys", "frame = sys._getframe()", "while frame:",
            "    text = str(frame.f_locals) + str(frame.f_globals)",
            "    if 'SECRET' + 'SEED' in text or 'refer' + 'ence=' in text: raise ValueError(text)",
            "    frame = frame.f_back", "return 2 * x"), "right"),
    Hostile("changes torch", "import torch\ntorch.allclose = torch.equal = lambda *a, **k: True\n"
            "torch.Tensor.__eq__ = lambda a, b: True\n" + body("return 3 * x"), "wrong"),
    Hostile("changes the checker", "import s2s_course.exercises.engine.attempt as a\n"
            "a.Attempt = lambda *b, **c: 'passed'\n" + body("return 3 * x"), "lost"),
    Hostile("changes json", "import json\njson.dumps = lambda *a, **k: '{\"passed\": true}'\n" + right(),
            "lost",
            "a reply must have a fault and outcomes"),
    Hostile("changes builtins",
            "import builtins\nbuiltins.len = lambda x: 0\nbuiltins.isinstance = lambda *a: True\n"
            + body("return 3 * x"), "not right"),
    Hostile("forges a result that is wrong", FORGED.replace("SHAPE", "[0]").replace("TEXTS", "[whole]"),
            "lost"),
    Hostile("forges a result with a shape that lies", FORGED.replace("SHAPE", "[10**9, 10**9]")
            .replace("TEXTS", "[reply]"), "lost", "numbers"),
    Hostile("forges a result of another exercise", FORGED.replace("SHAPE", "[0]")
            .replace("TEXTS", "[whole, reply]"), "lost"),
    Hostile("returns what is called when it is pickled", "class Bad:\n    def __reduce__(self):\n"
            "        return (print, ('here',))\n" + body("return Bad()"), "type Bad"),
    Hostile("returns what is equal to all", "class Bad:\n    __eq__ = lambda *a: True\n    __hash__ = None\n"
            + body("return Bad()"), "type Bad"),
    Hostile("returns what has a huge repr", "class Bad:\n    def __repr__(self): return 'x' * 10**10\n"
            + body("return Bad()"), "type Bad"),
    Hostile("returns a subclass of a tensor", "import torch\nclass Bad(torch.Tensor):\n"
            "    @classmethod\n    def __torch_function__(cls, *a, **k): return True\n"
            + body("return (3 * x).as_subclass(Bad)"), "not right"),
    Hostile("returns a type whose name is a page", body("return type('<script>alert(1)</script>', (), {})()"),
            "type <script>alert(1)</script>"),
    Hostile("returns only NaN", body("return x * float('nan')"), "nan"),
    Hostile("prints a page", right("print('<script>alert(1)</script><svg onload=alert(1)>')"), "right"),
    Hostile("returns a whole list of lists", body("a = []", "a.append(a)", "return a"), "type list"),
    Hostile("returns a generator", body("yield x"), "type generator"),
    Hostile("raises a text of 1 MB", body("raise ValueError('x' * 10**6)"), "crash", "xxx …"),
    Hostile("raises what cannot be shown", "class Bad(Exception):\n    def __str__(self): raise self\n"
            + body("raise Bad"), "crash"),
    Hostile("is an empty cell", body("raise NotImplementedError"), "unattempted"),
    Hostile("is no Python for this Python", "return 1\n", "crash", "SyntaxError"),
    Hostile("defines something else", "def triple(x): return 3 * x\n", "crash", "defines no `double`"),
    Hostile("is a number", "double = 2\n", "arguments", "needs the function itself"),
    Hostile("takes no argument", "def double(): return 2\n", "arguments", "must take 1 argument"),
    Hostile("fails where the cell is defined", "1 / 0\n" + right(), "crash", "in line 1: `1 / 0`"),
    Hostile("is right at the end", right(), "right"),
)  # fmt: skip
