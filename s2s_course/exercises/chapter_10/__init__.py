"""Exercises and quiz of chapter 10."""
