"""Exercises and quiz of chapter 9."""
