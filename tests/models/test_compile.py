"""Under ``torch.compile`` a Transformer is one graph, whatever the lengths of its batches."""

import os
import subprocess
import sys
from pathlib import Path

# In a process of its own: what checks shapes in the tests cannot be compiled.
SCRIPT = """
import torch
from s2s_course.data.batch import collate
from s2s_course.models.registry import build_model, model_config

sizes = dict(src_vocab_size=12, tgt_vocab_size=12, d_model=8, num_heads=2, d_ff=8, num_layers=1, dropout=0.0)
model = build_model("transformer", model_config("transformer", **sizes), seed=0)
compiled = torch.compile(model, backend="eager", fullgraph=True)  # a break would be an error
for pairs in ([([5, 6], [7, 8, 9]), ([8], [9, 4])], [([5] * 9, [7] * 40), ([8, 4], [9]), ([4], [5])]):
    batch = collate(pairs)
    given = batch.src, batch.tgt_in, batch.src_mask, batch.src_lengths
    out = compiled(*given)
    graphs = torch._dynamo.utils.counters["stats"]["unique_graphs"]
    print(torch.equal(out, model(*given)), graphs)
"""


def test_a_compiled_transformer_is_one_graph_and_gives_the_same():
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (first, once), (second, twice) = (line.split() for line in done.stdout.splitlines())
    assert first == second == "True"
    assert once == "1" and int(twice) <= 2  # longer tables of positions may be compiled anew
