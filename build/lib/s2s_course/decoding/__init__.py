"""Layer 4: searching for an output sequence."""
