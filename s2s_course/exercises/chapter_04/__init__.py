"""Exercises and quiz of chapter 4."""
