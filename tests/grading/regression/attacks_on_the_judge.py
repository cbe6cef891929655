"""Answers that try to be taken for right, and values that are made to harm who looks at them."""

import torch
from grading.regression.attack import attack


@attack()
def monkeypatches_torch(weights, memory):
    torch.allclose = lambda *a, **k: True
    torch.isclose = lambda a, b, **k: torch.ones_like(a, dtype=torch.bool)
    torch.equal = lambda *a: True
    return memory[:, 0]


@attack()
def monkeypatches_json(weights, memory):
    import json

    json.dumps = lambda *a, **k: (
        '{"id": "5.3", "exercise": "5.3", "points": 1, "status": "passed", "output": 1}'
    )
    return memory[:, 0]


@attack()
def monkeypatches_builtins(weights, memory):
    import builtins

    builtins.len = lambda x: 1
    builtins.isinstance = lambda *a: True
    builtins.all = builtins.any = lambda x: True
    return memory[:, 0]


@attack()
def monkeypatches_the_checker(weights, memory):
    import sys

    for m in list(sys.modules.values()):
        for n in ("compare", "judge", "run", "attempt", "is_close"):
            if hasattr(m, n) and "s2s" in getattr(m, "__name__", ""):
                setattr(m, n, lambda *a, **k: None)
    return memory[:, 0]


@attack()
def forges_on_every_descriptor(weights, memory):
    import os

    for fd in range(256):
        try:
            os.write(fd, b'{"id": "5.3", "exercise": "5.3", "points": 1, "status": "passed", "output": 1}\n')
        except OSError:
            pass
    os._exit(0)


@attack()
def forges_through_the_descriptors_of_its_parent(weights, memory):
    import os

    for fd in range(64):
        try:
            open(f"/proc/{os.getppid()}/fd/{fd}", "wb").write(
                b'{"id": "5.3", "exercise": "5.3", "points": 1, "status": "passed", "output": 1}\n'
            )
        except OSError:
            pass
    return memory[:, 0]


@attack()
def patches_what_comes_next(weights, memory):
    import torch.nn.functional

    Tensor = torch.Tensor
    Tensor.__eq__ = lambda *a: True
    Tensor.masked_fill = None
    return memory[:, 0]


@attack()
def a_traced_frame(weights, memory):
    import sys

    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            if isinstance(value, list):
                value.clear()
        frame = frame.f_back
    return memory[:, 0]


@attack("type")
def an_object_that_runs_code_when_unpickled(weights, memory):
    import os

    class Evil:
        def __reduce__(self):
            return os.system, ("touch /tmp/s2s-pickled",)

    return Evil()


@attack()
def an_object_equal_to_all(weights, memory):
    class Evil:
        def __eq__(self, other):
            return True

        def __getattr__(self, name):
            return self

    return Evil()


@attack()
def a_subclass_of_tensor(weights, memory):
    class Evil(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return True

    return memory[:, 0].as_subclass(Evil)


@attack()
def a_huge_repr(weights, memory):
    class Evil:
        def __repr__(self):
            return "x" * 10**9

        __str__ = __repr__

    raise ValueError(Evil())


@attack()
def a_huge_name(weights, memory):
    return type("x" * 10**7, (), {})()


@attack()
def nan_everywhere(weights, memory):
    return torch.full_like(memory[:, 0], float("nan"))


@attack()
def a_shape_that_lies(weights, memory):
    return torch.ones(()).expand(10**6, 10**6)


@attack()
def an_empty_shape(weights, memory):
    return torch.empty(0, 10**15)


@attack("type")
def sparse(weights, memory):
    return torch.bmm(weights[:, None], memory)[:, 0].to_sparse()


@attack()
def nested_lists(weights, memory):
    deep = []
    for _ in range(10**5):
        deep = [deep]
    return deep


@attack()
def itself_inside(weights, memory):
    ring = []
    ring.append(ring)
    return ring


@attack("type")
def a_number_without_end(weights, memory):
    return 10**10000


@attack("crash")
def half_a_surrogate_pair(weights, memory):
    raise ValueError("\ud800 \x00 \x1b[2J")


@attack("crash")
def html_in_what_is_printed(weights, memory):
    print("<script>alert(1)</script><svg onload=alert(2)>")
    raise ValueError("<img src=x onerror=alert(3)>")
