"""Exercises and quiz of chapter 2."""
