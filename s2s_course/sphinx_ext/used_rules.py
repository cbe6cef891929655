"""Which rules of a style sheet a page can use.

A rule stays where each class, id and element that a selector of it names occurs in the page or, for what
scripts bring about, as a word of a script. Conditions on attributes and states are taken as met.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import tinycss2
from tinycss2.ast import AtRule, Node, QualifiedRule

_NAME = re.compile(r"(?:[\w-]|[^\x00-\x7f]|\\.)+")
_PART = re.compile(r"([.#]?)((?:[\w-]|[^\x00-\x7f]|\\.)+)")
_CONDITION = re.compile(r"\[[^\]]*\]|::?[\w-]+")
_ARGUMENTS = re.compile(r":[\w-]+\([^()]*\)")
_PROPERTY = re.compile(r"(--[\w-]+)\s*:")
_DEFINITION = re.compile(r"""(?<=[{;])(--[\w-]+):(?:[^;{}"']|"[^"]*"|'[^']*')*(?:;|(?=\}))""")
_STRING = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_BLANKS = re.compile(r"\s*([{};,])\s*")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")


@dataclass(frozen=True)
class Rule:
    """A rule with the words that each of its selectors needs, or an at-rule with rules inside."""

    selectors: tuple[tuple[str, frozenset[str]], ...] = ()
    block: str = ""
    name: str = ""  # of an at-rule, with what follows it
    inside: tuple["Rule", ...] = field(default=())


def words_of(page: str) -> set[str]:
    """Classes as ``.name``, ids as ``#name`` and elements as ``name`` that occur in HTML."""
    classes = (name for value in re.findall(r'\bclass="([^"]*)"', page) for name in value.split())
    ids = re.findall(r'\bid="([^"]*)"', page)
    elements = re.findall(r"<([a-zA-Z][\w-]*)", page)
    return {f".{name}" for name in classes} | {f"#{name}" for name in ids} | {one.lower() for one in elements}


def words_of_scripts(scripts: Iterable[str]) -> set[str]:
    """Every word of the scripts, as class, id and element: what they may bring about."""
    words = {word for script in scripts for word in re.findall(r"[A-Za-z_][\w-]*", script)}
    return {mark + word for word in words for mark in (".", "#", "")}


def parse(style: str) -> tuple[Rule, ...]:
    """The rules of a style sheet, without its comments."""
    return _rules(tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True))


def used(rules: Iterable[Rule], words: set[str]) -> str:
    """The rules that a page with ``words`` can use, as a style sheet without blanks that mean nothing."""
    return "".join(_written(rule, words) for rule in rules)


def named_variables(text: str) -> set[str]:
    """The custom properties that a page or a script may ask for, with their dashes."""
    return set(re.findall(r"--[\w-]+", text))


def without_unused_variables(style: str, elsewhere: set[str]) -> str:
    """Take out the custom properties that neither ``style`` asks for nor ``elsewhere`` names."""
    while True:
        asked = set(_VARIABLE.findall(style))
        kept = {name for name in _PROPERTY.findall(style) if name in asked or name in elsewhere}
        shorter = _DEFINITION.sub(partial(_if_named, kept), style)
        if shorter == style:
            return style
        style = shorter


def _if_named(kept: set[str], definition: re.Match) -> str:
    return definition[0] if definition[1] in kept else ""


def _rules(parsed: Iterable[Node]) -> tuple[Rule, ...]:
    rules = []
    for node in parsed:
        if isinstance(node, QualifiedRule):
            selectors = tuple(
                (_squeezed(one), _needs(one)) for one in _split(tinycss2.serialize(node.prelude))
            )
            rules.append(Rule(selectors=selectors, block=_squeezed(tinycss2.serialize(node.content))))
        elif isinstance(node, AtRule) and node.at_keyword != "charset":
            name = f"@{node.at_keyword} {_squeezed(tinycss2.serialize(node.prelude))}".strip()
            if node.content is None:
                rules.append(Rule(name=name))
            elif node.lower_at_keyword in ("media", "supports", "layer", "container"):
                inside = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
                rules.append(Rule(name=name, inside=_rules(inside)))
            else:
                rules.append(Rule(name=name, block=_squeezed(tinycss2.serialize(node.content))))
    return tuple(rules)


def _written(rule: Rule, words: set[str]) -> str:
    if rule.selectors:
        kept = [text for text, needed in rule.selectors if needed <= words]
        return f"{','.join(kept)}{{{rule.block}}}" if kept and rule.block else ""
    if rule.inside:
        inside = used(rule.inside, words)
        return f"{rule.name}{{{inside}}}" if inside else ""
    return f"{rule.name}{{{rule.block}}}" if rule.block else f"{rule.name};"


def _needs(selector: str) -> frozenset[str]:
    """The words without which a selector matches nothing. What stands in brackets asks for none."""
    while (shorter := _ARGUMENTS.sub(" ", selector)) != selector:
        selector = shorter
    selector = _CONDITION.sub(" ", selector)
    parts = (match for match in _PART.finditer(selector))
    return frozenset(
        mark + (name.replace("\\", "") if mark else name.lower())
        for mark, name in (match.groups() for match in parts)
        if mark or _NAME.fullmatch(name)
    )


def _split(selectors: str) -> list[str]:
    """The selectors of a list, which commas in brackets do not divide."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(selectors):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append(selectors[start:at])
            start = at + 1
    return [part.strip() for part in [*parts, selectors[start:]] if part.strip()]


def _squeezed(text: str) -> str:
    """Without comments, and without blanks that mean nothing."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).strip()
    pieces = _STRING.split(text)  # every second one is a string
    pieces[::2] = [_BLANKS.sub(r"\1", re.sub(r":\s+", ":", re.sub(r"\s+", " ", one))) for one in pieces[::2]]
    return "".join(pieces).removesuffix(";")
