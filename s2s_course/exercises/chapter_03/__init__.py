"""Exercises and quiz of chapter 3."""
