"""Exercises and quiz of chapter 8."""
