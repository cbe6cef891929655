"""A formula in TeX as a line of plain text, for what is read, compared and found: ``h_t = tanh(W x_t)``."""

import re

_SIGNS = {
    "odot": "⊙", "oplus": "⊕", "cdot": "·", "times": "×", "top": "ᵀ", "sum": "Σ", "prod": "Π",
    "partial": "∂", "nabla": "∇", "in": "∈", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠",
    "neq": "≠", "approx": "≈", "infty": "∞", "to": "→", "rightarrow": "→", "leftarrow": "←", "cap": "∩",
    "cup": "∪", "pm": "±", "sqrt": "√", "dots": "…", "ldots": "…", "cdots": "…", "mid": "|", "lVert": "‖",
    "rVert": "‖", "ell": "ℓ", "prime": "′", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ",
    "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω", "quad": " ", "qquad": " ", "tfrac": "", "frac": "", "dfrac": "", "left": "",
    "right": "", "big": "", "Big": "", "bigl": "", "bigr": "", "Bigl": "", "Bigr": "", "begin": "",
    "end": "", "displaystyle": "",
}  # fmt: skip
_NO_SIGN = re.compile(
    r"\\(?:text|textrm|mathrm|mathbf|boldsymbol|mathcal|mathbb|operatorname|tilde|bar|hat|vec)\b\*?"
)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[a-z*]+\}")


def plain_formula(tex: str) -> str:
    """``tex`` without its commands; the delimiters ``\\(`` and ``\\[`` may stand around it."""
    text = re.sub(r"\\[()\[\]]", " ", tex)
    text = _NO_SIGN.sub("", _ENVIRONMENT.sub(" ", text))
    text = re.sub(r"\\([A-Za-z]+)", lambda found: _SIGNS.get(found[1], found[1]), text)
    text = re.sub(r"\\[,;:!> ]|\\\\|~|&", " ", text)
    text = text.replace("\\{", "{").replace("\\}", "}").replace("\\|", "‖")
    return " ".join(re.sub(r"[{}\\]", "", text).split())
