"""Rules of a style sheet stay where a page can use them."""

import pytest

from s2s_course.sphinx_ext.used_rules import (
    named_variables,
    parse,
    used,
    without_unused_variables,
    words_of,
    words_of_scripts,
)

PAGE = '<html><body class="wide dark"><p id="first" class="note">x</p><DIV></DIV></body></html>'


def left(style: str, words: set[str] | None = None) -> str:
    return used(parse(style), words or words_of(PAGE))


def test_words_are_classes_ids_and_elements():
    assert words_of(PAGE) == {".wide", ".dark", ".note", "#first", "html", "body", "p", "div"}


@pytest.mark.parametrize(
    "selector",
    ["p", ".note", "p.note#first", "body.dark > p:hover", "*", ":root", '[data-x="a,b"]', "p::before", "P",
     ".note:not(.missing)", "p:is(.missing,.other)", 'html[data-theme="dark"] .note'],
)  # fmt: skip
def test_a_selector_that_may_match_stays(selector):
    assert left(f"{selector} {{ color: red; }}") == f"{selector}{{color:red}}"


@pytest.mark.parametrize(
    "selector", [".missing", "p.missing", "#second", "table", ".missing > p", "p:hover .missing"]
)
def test_a_selector_that_cannot_match_goes(selector):
    assert left(f"{selector} {{ color: red; }}") == ""
    assert left(f"p, {selector} {{ color: red; }}") == "p{color:red}"


def test_what_a_script_names_may_come_about():
    words = words_of(PAGE) | words_of_scripts(['button.classList.add("show"); make("table")'])
    assert left(".show td, .show table { top: 0 }", words) == ".show table{top:0}"


def test_rules_inside_conditions_and_text_in_quotes():
    style = '@media (min-width: 60rem) { .missing { top: 0 } p { content: " ;  : }" } }'
    assert left(f"{style} @media print {{ .gone {{ top: 0 }} }}") == (
        '@media (min-width:60rem){p{content:" ;  : }"}}'
    )
    assert left('@charset "utf-8"; /* said */ p { /* that */ top : 0 ; }').replace(" ", "") == "p{top:0}"


def test_variables_that_nothing_asks_for_go():
    style = ':root{--a:1px;--b:var(--c);--c:red;--d:";}";--e:0}p{top:var(--a,var(--e))}'
    assert without_unused_variables(style, set()) == ":root{--a:1px;--e:0}p{top:var(--a,var(--e))}"
    assert without_unused_variables(style, named_variables("getPropertyValue('--b')")) == (
        ":root{--a:1px;--b:var(--c);--c:red;--e:0}p{top:var(--a,var(--e))}"
    )
