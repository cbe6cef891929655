"""Exercises and quiz of chapter 5."""
