"""Layer 1: sentence pairs, toy tasks, the course's own corpus, real corpora, and batches of all of them."""
