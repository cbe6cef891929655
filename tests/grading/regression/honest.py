"""Submissions of people who mean well: right, half right, unattempted, and wrong in known ways."""

from grading.regression.entry import EXERCISES, RIGHT, Entry, handed_in, notebook
from grading.regression.wrong_answers import WRONG, as_answer

STYLES = (
    handed_in("right, in one line each"),
    handed_in(
        "right, number by number",
        {
            "5.1": """
def additive_score(query, memory, W, U, v):
    rows = []
    for z, states in zip(query, memory):
        row = []
        for h in states:
            row.append((v * torch.tanh(W @ z + U @ h)).sum())
        rows.append(torch.stack(row))
    return torch.stack(rows)
""",
            "5.3": """
def context_vector(weights, memory):
    return torch.stack([sum(w * h for w, h in zip(a, states)) for a, states in zip(weights, memory)])
""",
            "7.2": """
def causal_mask(tgt_in):
    T = tgt_in.size(1)
    mask = torch.zeros(T, T, dtype=torch.bool)
    for t in range(T):
        for u in range(t + 1):
            mask[t, u] = True
    return mask
""",
        },
    ),
    handed_in(
        "right, with helpers, imports and constants",
        {
            "5.2": """
NOTHING = -float("inf")

def fill(scores, keep):
    return scores.masked_fill(~keep, LOWEST)

def masked_softmax(scores: torch.Tensor, src_mask: torch.Tensor) -> torch.Tensor:
    return F.softmax(fill(scores, src_mask), dim=-1)
""",
            "5.1": """
class Score(nn.Module):
    def forward(self, query, memory, W, U, v):
        return einsum(memory @ U.T, F.linear(query, W), v)

def additive_score(query, memory, W, U, v):
    return Score()(query, memory, W, U, v)
""",
        },
        before=(
            "import torch.nn.functional as F\nfrom torch import nn",
            "LOWEST = float('-inf')",
            "einsum = lambda h, z, v: torch.einsum('bsa,a->bs', torch.tanh(h + z.unsqueeze(1)), v)",
        ),
    ),
)

HALF = (
    handed_in(
        "right where scores are small",
        {
            "5.2": """
def masked_softmax(scores, src_mask):
    e = scores.exp() * src_mask
    return e / e.sum(dim=1, keepdim=True)
"""
        },
        expected={"5.2": ("partly", "the exponential overflows")},
    ),
    handed_in(
        "two of five",
        {name: "" for name in ("5.1", "5.3", "7.2")},
        expected={name: ("missing",) for name in ("5.1", "5.3", "7.2")},
    ),
    Entry(
        "untouched",
        {
            "work.ipynb": notebook(
                ["import torch"]
                + [code.split(":\n")[0] + ":\n    raise NotImplementedError" for code in RIGHT.values()]
            )
        },
        {exercise: ("unattempted",) for exercise in EXERCISES},
    ),
    Entry("empty", {"work.ipynb": notebook([])}, {exercise: ("missing",) for exercise in EXERCISES}),
)

WRONG_ANSWERS = tuple(
    handed_in(f"wrong: {told}", {exercise: as_answer(exercise, answer)}, expected={exercise: ("any", told)})
    for exercise, told, answer in WRONG
)
ENTRIES = (*STYLES, *HALF, *WRONG_ANSWERS)
