import pytest
from colab_versions import ADDED, COLAB, take, versions

PUBLISHED = """\
# Do not modify this file directly
google-colab @ file:///colabtools/dist/google_colab-1.0.0.tar.gz
Jinja2==3.1.6
torch==2.11.0+cu128
typing_extensions==4.16.0
"""


def test_a_published_list_is_taken_with_its_commit_and_date():
    taken = take(PUBLISHED, "0123abc", "2026-11-30")
    assert "commit 0123abc of 2026-11-30" in taken.splitlines()[0]
    assert versions(taken) == {"jinja2": "3.1.6", "torch": "2.11.0", "typing-extensions": "4.16.0"}


def test_what_is_no_list_is_refused():
    with pytest.raises(ValueError, match="no line such as numpy"):
        take("<!DOCTYPE html>\n<a href='?x==y'>", "0123abc", "2026-11-30")


def test_what_the_course_adds_is_not_there():
    assert not ADDED & set(COLAB)
    assert COLAB["torch"] == "2.11.0" and COLAB["typing-extensions"] == "4.16.0"
