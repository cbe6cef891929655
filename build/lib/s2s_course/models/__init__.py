"""Layer 3: models. All encoder–decoders keep the contract of ``models.contract``."""
