"""Layer 4: scoring output sequences."""
