"""Exercises and quiz of chapter 6."""
