r"""A formula in TeX as MathML, which browsers draw and screen readers read without a script.

The conversion is math-core's (MathML Core, the part that all browsers draw). Added here are

- the TeX source, in an ``annotation``: formulas.js copies it where a reader copies the formula;
- the name of every identifier, in the attribute ``data-tex``, so that a page can find a symbol: ``h`` at the
  letter of ``h_t``, and ``h_{t}`` at the letter with its subscript. Names are TeX: ``\alpha``, not α.
"""

import re
from functools import cache
from html import unescape
from xml.etree import ElementTree

from math_core import LatexError, LatexToMathML

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "ϕ": "phi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi",
    "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "ℓ": "ell",
}  # fmt: skip
NAMES = {letter: f"\\{name}" for letter, name in GREEK.items()}
ACCENTS = {
    "→": "\\overrightarrow",
    "←": "\\overleftarrow",
    "~": "\\tilde",
    "¯": "\\bar",
    "‾": "\\bar",
    "^": "\\hat",
}
SIGNS = {"−": "-", "′": "'", "⊤": "\\top", "∗": "*"}
SUBSCRIPTS = {"msub", "msubsup"}


class FormulaError(ValueError):
    """A formula that cannot be converted; the message says which, and why."""


@cache
def mathml(tex: str, *, display: bool) -> str:
    """The formula ``tex`` as an element ``math``; ``display`` on a line of its own.

    Raises ``FormulaError`` for what math-core does not know, and for TeX that is wrong.
    """
    source = tex.strip()
    try:
        converted = _converter().convert_with_local_state(source, displaystyle=display)
    except LatexError as error:
        raise FormulaError(f"the formula {source!r} cannot be converted to MathML: {error}") from None
    # Named characters of HTML, such as the one for the application of a function, are unknown in XML.
    named = re.sub(r"&(?!(?:amp|lt|gt|quot);)\w+;", lambda match: unescape(match[0]), converted)
    math = ElementTree.fromstring(named)
    for element in math.iter():
        name = _name(element) if element.tag in {"mi", *SUBSCRIPTS} else None
        if name:
            element.set("data-tex", name)
    semantics = ElementTree.Element("semantics")
    row = ElementTree.SubElement(semantics, "mrow")
    row.extend(list(math))
    annotation = ElementTree.SubElement(semantics, "annotation", encoding="application/x-tex")
    annotation.text = source
    math[:] = [semantics]
    return ElementTree.tostring(math, encoding="unicode", short_empty_elements=False)


def _name(element: ElementTree.Element) -> str | None:
    """The TeX name of an identifier, with its subscript and accent if it has them; ``None`` for others."""
    if element.tag == "mi":
        text = "".join(element.itertext())
        return NAMES.get(text, text) if text.isalpha() else None
    if element.tag in SUBSCRIPTS:
        base = _name(element[0])
        return base and f"{base}_{{{_written(element[1])}}}"
    if element.tag == "mover":
        base, accent = _name(element[0]), ACCENTS.get("".join(element[1].itertext()))
        return base and accent and f"{accent}{{{base}}}"
    if element.tag == "mrow" and len(element) == 1:
        return _name(element[0])
    return None


def _written(element: ElementTree.Element) -> str:
    """What stands in a subscript, in letters."""
    text = "".join(element.itertext())
    return "".join(NAMES.get(letter, SIGNS.get(letter, letter)) for letter in text)


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)
