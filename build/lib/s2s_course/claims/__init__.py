"""Layer 5: claims. One experiment per file, one stored result per claim, one verdict each."""
