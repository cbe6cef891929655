"""What keeps a file from being made, in one sentence that says what to do."""


class TakeawayError(Exception):
    """Nothing was written; the message says why."""
