"""Each operation of tensor.js gives in a browser what torch gives, and the same gradients."""

import json

import pytest
import torch
import torch.nn.functional as F

from s2s_course.seeds import torch_generator

RUN = """async (given) => {
  const ops = await import("/tensor.js");
  const { script, inputs } = JSON.parse(given);
  const tensors = inputs.map(({ values, shape }) => new ops.Tensor(Float32Array.from(values), shape));
  const run = eval(script);
  const result = run(ops, ...tensors);
  // the sum of the output, each number with a weight of its own, so that no gradient can hide behind another
  const weights = Float32Array.from(result.values, (_, n) => Math.sin(n + 1));
  ops.gradients(() => {
    const again = run(ops, ...tensors);
    const products = ops.mul(again, new ops.Tensor(weights, again.shape));
    const flat = ops.reshape(products, [1, products.values.length]);
    return ops.reshape(ops.linear(flat, ops.full([1, products.values.length], 1)), []);
  });
  const list = (values) => Array.from(values ?? []);
  const found = tensors.map(({ grad }) => list(grad));
  return { values: list(result.values), shape: result.shape, gradients: found };
}"""

# The operation in JavaScript, the same in torch, and the shapes of its inputs.
OPERATIONS = {
    "add, repeated": ("(o, a, b) => o.add(a, b)", lambda a, b: a + b, [(2, 1, 5), (3, 1)]),
    "add, equal": ("(o, a, b) => o.add(a, b)", lambda a, b: a + b, [(2, 3), (2, 3)]),
    "add to itself": ("(o, a) => o.add(a, a)", lambda a: a + a, [(2, 3)]),
    "sub": ("(o, a, b) => o.sub(a, b)", lambda a, b: a - b, [(2, 3), (3,)]),
    "mul, repeated": ("(o, a, b) => o.mul(a, b)", lambda a, b: a * b, [(5, 1, 3), (2, 1)]),
    "scale": ("(o, a) => o.scale(a, -0.7)", lambda a: a * -0.7, [(7,)]),
    "tanh": ("(o, a) => o.tanh(a)", torch.tanh, [(3, 5)]),
    "sigmoid": ("(o, a) => o.sigmoid(a)", torch.sigmoid, [(3, 5)]),
    "relu": ("(o, a) => o.relu(a)", torch.relu, [(3, 5)]),
    "oneMinus": ("(o, a) => o.oneMinus(a)", lambda a: 1 - a, [(3, 5)]),
    "linear": ("(o, x, W, b) => o.linear(x, W, b)", F.linear, [(2, 3, 5), (7, 5), (7,)]),
    "linear, no bias": ("(o, x, W) => o.linear(x, W)", F.linear, [(3, 5), (2, 5)]),
    "matmul": ("(o, a, b) => o.matmul(a, b)", torch.matmul, [(2, 3, 5, 7), (2, 3, 7, 2)]),
    "embedding": (
        "(o, W) => o.embedding(W, [[1, 0, 4], [4, 4, 2]])",
        lambda W: F.embedding(torch.tensor([[1, 0, 4], [4, 4, 2]]), W),
        [(5, 3)],
    ),
    "softmax": ("(o, a) => o.softmax(a)", lambda a: a.softmax(-1), [(2, 3, 5)]),
    "softmax, first axis": ("(o, a) => o.softmax(a, 0)", lambda a: a.softmax(0), [(3, 5)]),
    "softmax, middle axis": ("(o, a) => o.softmax(a, 1)", lambda a: a.softmax(1), [(2, 3, 5)]),
    "layerNorm": (
        "(o, x, w, b) => o.layerNorm(x, w, b)",
        lambda x, w, b: F.layer_norm(x, (7,), w, b),
        [(2, 3, 7), (7,), (7,)],
    ),
    "cat, last axis": ("(o, a, b) => o.cat([a, b])", lambda a, b: torch.cat([a, b], -1), [(2, 3), (2, 5)]),
    "cat, middle axis": (
        "(o, a, b) => o.cat([a, b, a], 1)", lambda a, b: torch.cat([a, b, a], 1), [(2, 3, 5), (2, 1, 5)],
    ),
    "narrow": ("(o, a) => o.narrow(a, 1, 1, 2)", lambda a: a.narrow(1, 1, 2), [(2, 5, 3)]),
    "chunk": (
        "(o, a) => { const [x, y, z] = o.chunk(a, 3); return o.mul(x, o.sub(y, z)); }",
        lambda a: (lambda x, y, z: x * (y - z))(*a.chunk(3, -1)),
        [(2, 6)],
    ),
    "reshape": ("(o, a) => o.reshape(a, [3, 4])", lambda a: a.reshape(3, 4), [(2, 6)]),
    "transpose": ("(o, a) => o.transpose(a, 1, -1)", lambda a: a.transpose(1, -1), [(2, 3, 5, 7)]),
    "masked": (
        "(o, a) => o.softmax(o.masked(a, o.tensor([[1, 0, 1], [0, 1, 1]]), -Infinity))",
        lambda a: a.masked_fill(torch.tensor([[0, 1, 0], [1, 0, 0]]).bool(), -torch.inf).softmax(-1),
        [(5, 2, 3)],
    ),
    "crossEntropy": (
        "(o, a) => o.crossEntropy(a, [2, -1, 0, 3])",
        lambda a: F.cross_entropy(a.flatten(0, 1), torch.tensor([2, -1, 0, 3]), ignore_index=-1),
        [(2, 2, 5)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_values_and_gradients_are_those_of_torch(engine, name):
    script, expected, shapes = OPERATIONS[name]
    generator = torch_generator(0, name)
    inputs = [torch.randn(shape, generator=generator, requires_grad=True) for shape in shapes]
    output = expected(*inputs)
    given = [{"values": each.flatten().tolist(), "shape": each.shape} for each in inputs]
    there = engine.evaluate(RUN, json.dumps({"script": script, "inputs": given}))
    assert there["shape"] == list(output.shape)
    torch.testing.assert_close(torch.tensor(there["values"]), output.flatten(), atol=1e-5, rtol=1e-5)
    (output.flatten() * torch.arange(1, output.numel() + 1).sin()).sum().backward()
    for own, theirs in zip(inputs, there["gradients"], strict=True):
        torch.testing.assert_close(torch.tensor(theirs), own.grad.flatten(), atol=1e-5, rtol=1e-5)


def test_every_operation_with_a_gradient_is_among_them(engine):
    """What is exported and not tried above is no operation, or has no gradient by its nature."""
    exported = engine.evaluate("async () => Object.keys(await import('/tensor.js'))")
    tried = {name for script, *_ in OPERATIONS.values() for name in exported if f"o.{name}(" in script}
    without = {"Tensor", "zeros", "full", "tensor", "gradients", "select", "logSumExp", "work"}
    assert set(exported) - tried - without == set()


def test_shapes_that_do_not_fit_are_refused_in_one_sentence(engine):
    refused = engine.evaluate("""async () => {
      const o = await import("/tensor.js");
      const ways = [
        () => o.add(o.zeros([2, 3]), o.zeros([2, 4])), () => o.matmul(o.zeros([2, 3]), o.zeros([2, 3])),
        () => o.embedding(o.zeros([5, 2]), [5]), () => o.reshape(o.zeros([2, 3]), [4]),
      ];
      return ways.map((way) => { try { way(); return "nothing"; } catch (error) { return error.message; } });
    }""")
    assert refused == [
        "shapes must fit, got [2,3] and [2,4]",
        "shapes must fit for a product, got [2,3] and [2,3]",
        "indices must lie in [0, 5), got 5",
        "[2,3] cannot become [4]",
    ]
