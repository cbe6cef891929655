"""Exercises and quiz of chapter 7."""
