"""How late something was handed in."""

import math
from datetime import datetime, timedelta

from s2s_course.grading.submission import Submission


def days_late(submission: Submission, due: datetime | None) -> int | None:
    """Days begun after ``due``: 0 in time, None where nothing is known.

    Where the learning-management system says that it is late or in time, that holds, since it knows of
    extensions; of what is late at a time that is not known, one day is counted.
    """
    if submission.late is False:
        return 0
    if submission.submitted is not None and due is not None and submission.submitted.tzinfo is not None:
        days = max(0, math.ceil((submission.submitted - due) / timedelta(days=1)))
        return max(days, 1) if submission.late else days
    return 1 if submission.late else None
