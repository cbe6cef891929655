"""What Decoder must show: traces that fulfill their equations, in numpy."""

import numpy as np

from s2s_course.trace.attention import AttentionTrace

SRC = ("the", "black", "cat", "sleeps", "today", ".", "<eos>")
TGT = ("le", "chat", "noir", "dort", "aujourd’hui", ".", "<eos>")
ALIGNED = (0, 2, 1, 3, 4, 5, 6)
OTHERS = ("chien", "noire", "la", "chats", "dorment", "hier", ",", "un", "grand")


def softmax(scores: np.ndarray) -> np.ndarray:
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


def trace(
    order: str = "bahdanau",
    *,
    src: tuple[str, ...] = SRC,
    tgt: tuple[str, ...] = TGT,
    sizes: tuple[int, int, int] = (24, 24, 24),
    score: str = "additive",
    scale: float = 1.0,
    window: int | None = None,
    seed: int = 0,
) -> AttentionTrace:
    """A trace that fulfills its equations; ``sizes`` are those of memory, states and outputs.

    With a ``window``, words farther than that from the aligned one are left out.
    """
    rng = np.random.default_rng(seed)
    memory_size, hidden_size, output_size = sizes
    draw = lambda *shape: np.tanh(rng.normal(size=shape)).astype(np.float32)  # noqa: E731
    memory, states = draw(len(src), memory_size), draw(len(tgt) + 1, hidden_size)
    scores = scale * rng.normal(size=(len(tgt), len(src)))
    aligned = np.array([ALIGNED[t % len(ALIGNED)] % len(src) for t in range(len(tgt))])
    scores[np.arange(len(tgt)), aligned] += 3 * scale
    if window is not None:
        scores[np.abs(np.arange(len(src)) - aligned[:, None]) > window] = -np.inf
    weights = softmax(scores)
    vocabulary = tuple(dict.fromkeys((*tgt, *OTHERS)))
    logits = rng.normal(size=(len(tgt), len(vocabulary)))
    logits[np.arange(len(tgt)), [vocabulary.index(token) for token in tgt]] += rng.uniform(0, 6, len(tgt))
    return AttentionTrace(
        order=order,
        score=score,
        src_tokens=src,
        tgt_tokens=tgt,
        memory=memory,
        queries=states[:-1] if order == "bahdanau" else states[1:],
        scores=scores.astype(np.float32),
        weights=weights.astype(np.float32),
        contexts=(weights @ memory).astype(np.float32),
        hidden=states[1:],
        outputs=draw(len(tgt), output_size),
        log_probabilities=np.log(softmax(logits)).astype(np.float32),
        vocabulary=vocabulary,
    )
