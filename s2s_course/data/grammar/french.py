"""French inflection and spelling: what a word looks like beside its neighbors.

Genders are ``"m"`` and ``"f"``. A person is an index into the six forms of a verb: 0 je, 1 tu, 2 il or
elle, 3 nous, 4 vous, 5 ils or elles. The rules cover the words of the lexicon; the tables hold what no
rule gives. Everything is lower-case. Every form is worked out once (``cache``): the lexicon is small, and
a corpus needs each word often.
"""

from functools import cache
from typing import Literal

Gender = Literal["m", "f"]

_VOWELS = frozenset("aàâeéèêëiîïoôuùûœ")

# Words whose h is "aspiré": nothing is elided before them (le héros, la hache).
ASPIRATED = frozenset(
    [
        "hache",
        "hamburger",
        "hamster",
        "hangar",
        "haricot",
        "harpe",
        "hérisson",
        "héros",
        "hibou",
        "homard",
        "huit",
    ]
)

_PRESENT = {
    "aller": "vais vas va allons allez vont",
    "apprendre": "apprends apprends apprend apprenons apprenez apprennent",
    "avoir": "ai as a avons avez ont",
    "boire": "bois bois boit buvons buvez boivent",
    "comprendre": "comprends comprends comprend comprenons comprenez comprennent",
    "connaître": "connais connais connaît connaissons connaissez connaissent",
    "construire": "construis construis construit construisons construisez construisent",
    "courir": "cours cours court courons courez courent",
    "croire": "crois crois croit croyons croyez croient",
    "devenir": "deviens deviens devient devenons devenez deviennent",
    "devoir": "dois dois doit devons devez doivent",
    "dire": "dis dis dit disons dites disent",
    "disparaître": "disparais disparais disparaît disparaissons disparaissez disparaissent",
    "dormir": "dors dors dort dormons dormez dorment",
    "écrire": "écris écris écrit écrivons écrivez écrivent",
    "être": "suis es est sommes êtes sont",
    "lire": "lis lis lit lisons lisez lisent",
    "mentir": "mens mens ment mentons mentez mentent",
    "mourir": "meurs meurs meurt mourons mourez meurent",
    "offrir": "offre offres offre offrons offrez offrent",
    "ouvrir": "ouvre ouvres ouvre ouvrons ouvrez ouvrent",
    "partir": "pars pars part partons partez partent",
    "peindre": "peins peins peint peignons peignez peignent",
    "pouvoir": "peux peux peut pouvons pouvez peuvent",
    "prendre": "prends prends prend prenons prenez prennent",
    "revenir": "reviens reviens revient revenons revenez reviennent",
    "rire": "ris ris rit rions riez rient",
    "sortir": "sors sors sort sortons sortez sortent",
    "sourire": "souris souris sourit sourions souriez sourient",
    "suivre": "suis suis suit suivons suivez suivent",
    "venir": "viens viens vient venons venez viennent",
    "voir": "vois vois voit voyons voyez voient",
    "vouloir": "veux veux veut voulons voulez veulent",
}

# Verbs in -er whose stem changes where the ending is silent: (je) achète, but (nous) achetons.
_SILENT_STEM = {
    "acheter": "achèt",
    "appeler": "appell",
    "envoyer": "envoi",
    "nettoyer": "nettoi",
    "répéter": "répèt",
}

_PARTICIPLES = {
    "apprendre": "appris",
    "avoir": "eu",
    "boire": "bu",
    "comprendre": "compris",
    "connaître": "connu",
    "construire": "construit",
    "courir": "couru",
    "croire": "cru",
    "devenir": "devenu",
    "devoir": "dû",
    "dire": "dit",
    "disparaître": "disparu",
    "écrire": "écrit",
    "être": "été",
    "lire": "lu",
    "mourir": "mort",
    "offrir": "offert",
    "ouvrir": "ouvert",
    "peindre": "peint",
    "pouvoir": "pu",
    "prendre": "pris",
    "revenir": "revenu",
    "rire": "ri",
    "sourire": "souri",
    "suivre": "suivi",
    "venir": "venu",
    "voir": "vu",
    "vouloir": "voulu",
}

_FEMININES = {
    "beau": "belle",
    "blanc": "blanche",
    "bon": "bonne",
    "doux": "douce",
    "frais": "fraîche",
    "gentil": "gentille",
    "jaloux": "jalouse",
    "long": "longue",
    "nouveau": "nouvelle",
    "sec": "sèche",
    "vieux": "vieille",
    "violet": "violette",
}
_BEFORE_VOWEL = {"beau": "bel", "nouveau": "nouvel", "vieux": "vieil"}
_PLURALS_IN_X = frozenset(["bijou", "caillou", "chou", "hibou", "jeu"])
_ELIDED = {"je": "j'", "me": "m'", "te": "t'", "le": "l'", "la": "l'", "ne": "n'", "de": "d'", "que": "qu'"}
_CONTRACTED = {("à", "le"): "au", ("à", "les"): "aux", ("de", "le"): "du", ("de", "les"): "des"}


@cache
def starts_with_vowel(word: str) -> bool:
    """Whether ``word`` begins with a vowel sound, so that the word before it is elided."""
    if word == "y":
        return True
    if word[0] == "h":
        return word not in ASPIRATED and word.rstrip("sx") not in ASPIRATED
    return word[0] in _VOWELS


@cache
def elide(word: str, following: str) -> str:
    """``word`` as it is written before ``following``: ``("le", "homme")`` gives ``"l'"``."""
    if word == "si":
        return "s'" if following in ("il", "ils") else word
    return _ELIDED[word] if word in _ELIDED and starts_with_vowel(following) else word


def contract(preposition: str, article: str) -> str | None:
    """The one word for a preposition and an article (``au``, ``aux``, ``du``, ``des``), if there is one."""
    return _CONTRACTED.get((preposition, article))


@cache
def plural(word: str) -> str:
    """The plural of a noun or of a masculine adjective."""
    if word.endswith(("s", "x", "z")):
        return word
    if word.endswith("eau") or word in _PLURALS_IN_X:
        return word + "x"
    if word.endswith("al"):
        return word[:-1] + "ux"
    return word + "s"


@cache
def feminine(adjective: str) -> str:
    """The feminine singular of a masculine singular adjective."""
    if adjective in _FEMININES:
        return _FEMININES[adjective]
    if adjective.endswith("e"):
        return adjective
    if adjective.endswith("eux"):
        return adjective[:-1] + "se"
    if adjective.endswith("eur"):
        return adjective[:-1] + "se"
    if adjective.endswith("f"):
        return adjective[:-1] + "ve"
    if adjective.endswith("er"):
        return adjective[:-2] + "ère"
    if adjective.endswith(("el", "en")):
        return adjective + adjective[-1] + "e"
    return adjective + "e"


@cache
def agree(adjective: str, gender: Gender, is_plural: bool, following: str | None = None) -> str:
    """An adjective or participle for its noun.

    ``following`` is the word after it when it stands before its noun: ``bel``, ``nouvel`` and ``vieil``
    are written before a vowel.
    """
    if gender == "f":
        form = feminine(adjective)
        return form + "s" if is_plural else form
    if is_plural:
        return plural(adjective)
    if adjective in _BEFORE_VOWEL and following is not None and starts_with_vowel(following):
        return _BEFORE_VOWEL[adjective]
    return adjective


@cache
def present(infinitive: str) -> tuple[str, ...]:
    """The six forms of the present tense."""
    if infinitive in _PRESENT:
        return tuple(_PRESENT[infinitive].split())
    stem = infinitive[:-2]
    if infinitive.endswith("er"):
        silent = _SILENT_STEM.get(infinitive, stem)
        nous = stem
        if stem.endswith("g"):
            nous = stem + "e"
        elif stem.endswith("c"):
            nous = stem[:-1] + "ç"
        return (silent + "e", silent + "es", silent + "e", nous + "ons", stem + "ez", silent + "ent")
    if infinitive.endswith("ir"):
        return tuple(stem + ending for ending in ("is", "is", "it", "issons", "issez", "issent"))
    if infinitive.endswith("dre"):
        return tuple(stem + ending for ending in ("s", "s", "", "ons", "ez", "ent"))
    raise ValueError(f"infinitive must be regular or in the table of irregular verbs, got {infinitive!r}")


@cache
def participle(infinitive: str) -> str:
    """The past participle in the masculine singular."""
    if infinitive in _PARTICIPLES:
        return _PARTICIPLES[infinitive]
    ending = {"er": "é", "ir": "i", "re": "u"}[infinitive[-2:]]
    return infinitive[:-2] + ending
