"""Assigning chapters and grading what students hand in."""
