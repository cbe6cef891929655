"""The visual language, once for all drawings: colors, forms, arrows, letters, and what a drawing is."""
