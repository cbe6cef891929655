"""The engine of the published page, which runs the course's models in the reader's browser, and what it runs."""
