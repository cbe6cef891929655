"""The names of parts of a page: mended where they are wrong, once, and nothing else is touched."""

import pytest

from s2s_course.sphinx_ext.spoken_names import mended

ENTRY = '<li><a class="reference internal" href="guides.html">Chapter guides</a><details open="open">'
MENDS = {
    '<summary aria-label="Toggle hidden content">': "<summary>",
    f"{ENTRY}<summary><span>": f'{ENTRY}<summary aria-label="pages below “Chapter guides”"><span>',
    '<div class="sidebar-primary-item">\n\n<a class="navbar-brand logo" href="#">': (
        '<div class="sidebar-primary-item" role="banner">\n\n<a class="navbar-brand logo" href="#">'
    ),
    '<i class="theme-switch fa-solid" title="Light"></i>': (
        '<i aria-hidden="true" class="theme-switch fa-solid" title="Light"></i>'
    ),
    '<span class="search-button__kbd-shortcut"><kbd>': (
        '<span class="search-button__kbd-shortcut" aria-hidden="true"><kbd>'
    ),
}


@pytest.mark.parametrize("before", MENDS)
def test_a_name_is_mended_once(before):
    assert mended(f"<p>{before}</p>") == f"<p>{MENDS[before]}</p>"
    assert mended(MENDS[before]) == MENDS[before]


def test_nothing_else_is_touched():
    page = '<details><summary>In words</summary></details><div class="sidebar-primary-item"><nav></nav></div>'
    assert mended(page) == page
