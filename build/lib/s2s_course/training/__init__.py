"""Layer 4: the loss, the training loop and checkpoints."""
