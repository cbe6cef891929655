"""Layer 0: from text to tokens to indices and back."""
