"""IBM model 1: the statistical aligner of 1993, against which attention is measured."""

from collections.abc import Sequence

import numpy as np

from s2s_course.checks import check_at_least

NULL = ""  # stands before every source: the partner of target words that have none


class IBMModel1:
    """Learns p(target word | source word) from sentence pairs alone (Brown et al. 1993, section 4.1).

    Each target word comes from one source word, or from none, whatever their positions. Expectation
    maximization starts from equal probabilities: share every target word among the source words of its
    sentence by the present probabilities, add the shares up, and divide by their total.
    """

    def __init__(self, pairs: Sequence[tuple[Sequence[str], Sequence[str]]], *, iterations: int = 10):
        """``pairs`` are source and target tokens of each sentence pair."""
        if not pairs:
            raise ValueError("pairs must hold at least one sentence pair, got none")
        check_at_least(1, iterations=iterations)
        self._types: dict[tuple[str, str], int] = {}
        types, targets, num_targets = [], [], 0
        for src, tgt in pairs:
            for word in tgt:
                for source in (NULL, *src):
                    types.append(self._types.setdefault((source, word), len(self._types)))
                    targets.append(num_targets)
                num_targets += 1
        sources: dict[str, int] = {}
        source_of = np.array([sources.setdefault(source, len(sources)) for source, _ in self._types])
        self._probabilities = np.ones(len(self._types))
        for _ in range(iterations):
            shares = self._probabilities[types]
            shares /= np.bincount(targets, shares)[targets]
            counts = np.bincount(types, shares)
            self._probabilities = counts / np.bincount(source_of, counts)[source_of]

    def probability(self, target: str, source: str = NULL) -> float:
        """p(target | source); 0 for words that never met."""
        index = self._types.get((source, target))
        return 0.0 if index is None else float(self._probabilities[index])

    def align(self, src: Sequence[str], tgt: Sequence[str]) -> set[tuple[int, int]]:
        """Links (i, j) of each target word to its most probable source word, unless that is none."""
        links = set()
        for j, word in enumerate(tgt):
            best = max(range(-1, len(src)), key=lambda i: self.probability(word, src[i] if i >= 0 else NULL))
            if best >= 0 and self.probability(word, src[best]) > 0:
                links.add((best, j))
        return links
