"""What the kinds of positions are called where claims compare them."""

# A module of its own: to import it changes nothing that a claim is measured with.
NAMES = {
    "sinusoidal": "added sinusoidal",
    "concatenated": "concatenated sinusoidal",
    "learned": "learned",
    "relative": "relative",
    "alibi": "ALiBi's",
    "rotary": "rotary",
}
