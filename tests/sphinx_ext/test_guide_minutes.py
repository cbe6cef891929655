"""Minutes of a class, added up from its guide."""

import pytest

from s2s_course.sphinx_ext.guide_minutes import class_minutes, minutes_in_class

from .small_book import GUIDE, build, write_book, write_guide


def test_they_are_added_up_part_by_part(tmp_path):
    assert class_minutes(GUIDE) == {"Board plan": 25, "Demonstration": 20, "Discussion": 5}
    assert minutes_in_class(write_book(tmp_path), 5) == 50


def test_other_sections_do_not_count():
    assert class_minutes(f"## Before\n\n*99 min*\n\n{GUIDE}\n## After\n\n*99 min*\n") == class_minutes(GUIDE)


def test_a_part_without_minutes_is_refused_by_name(tmp_path):
    write_book(tmp_path)
    write_guide(tmp_path, 5, GUIDE.replace("*20 min*", ""))
    with pytest.raises(ValueError, match=r"guide-05\.md: a guide must have a section 'Demonstration'"):
        minutes_in_class(tmp_path, 5)
    with pytest.raises(ValueError, match=r"chapter 2 has no guide guide-02\.md"):
        minutes_in_class(tmp_path, 2)


def test_the_directive_shows_the_sums_of_its_own_page(tmp_path):
    html, warnings = build(
        write_book(tmp_path), f"```{{class-times}}\n```\n\n{GUIDE.partition('# Guide')[2]}"
    )
    assert warnings == []
    assert "In class: 50 minutes (board plan 25, demonstration 20, discussion 5)." in html
