"""French inflection and spelling: what a word looks like beside its neighbors.

Genders are ``"m"`` and ``"f"``. A person is an index into the six forms of a verb: 0 je, 1 tu, 2 il or
elle, 3 nous, 4 vous, 5 ils or elles. The rules cover the words of the lexicon; the tables hold what no
rule gives. Everything is lower-case.
"""

_VOWELS = frozenset("aàâeéèêëiîïoôuùûœ")

# Words whose h is "aspiré": nothing is elided before them (le héros, la hache).
ASPIRATED = frozenset(
    "hache hamburger hamster hangar haricot harpe hérisson héros hibou homard haut honteux huit".split()
)

_PRESENT = {
    "aller": "vais vas va allons allez vont",
    "apercevoir": "aperçois aperçois aperçoit apercevons apercevez aperçoivent",
    "apprendre": "apprends apprends apprend apprenons apprenez apprennent",
    "avoir": "ai as a avons avez ont",
    "boire": "bois bois boit buvons buvez boivent",
    "comprendre": "comprends comprends comprend comprenons comprenez comprennent",
    "conduire": "conduis conduis conduit conduisons conduisez conduisent",
    "connaître": "connais connais connaît connaissons connaissez connaissent",
    "construire": "construis construis construit construisons construisez construisent",
    "courir": "cours cours court courons courez courent",
    "croire": "crois crois croit croyons croyez croient",
    "découvrir": "découvre découvres découvre découvrons découvrez découvrent",
    "devenir": "deviens deviens devient devenons devenez deviennent",
    "devoir": "dois dois doit devons devez doivent",
    "dire": "dis dis dit disons dites disent",
    "disparaître": "disparais disparais disparaît disparaissons disparaissez disparaissent",
    "dormir": "dors dors dort dormons dormez dorment",
    "détruire": "détruis détruis détruit détruisons détruisez détruisent",
    "écrire": "écris écris écrit écrivons écrivez écrivent",
    "être": "suis es est sommes êtes sont",
    "faire": "fais fais fait faisons faites font",
    "lire": "lis lis lit lisons lisez lisent",
    "mentir": "mens mens ment mentons mentez mentent",
    "mettre": "mets mets met mettons mettez mettent",
    "mourir": "meurs meurs meurt mourons mourez meurent",
    "offrir": "offre offres offre offrons offrez offrent",
    "ouvrir": "ouvre ouvres ouvre ouvrons ouvrez ouvrent",
    "partir": "pars pars part partons partez partent",
    "peindre": "peins peins peint peignons peignez peignent",
    "pouvoir": "peux peux peut pouvons pouvez peuvent",
    "prendre": "prends prends prend prenons prenez prennent",
    "recevoir": "reçois reçois reçoit recevons recevez reçoivent",
    "revenir": "reviens reviens revient revenons revenez reviennent",
    "rire": "ris ris rit rions riez rient",
    "savoir": "sais sais sait savons savez savent",
    "servir": "sers sers sert servons servez servent",
    "sortir": "sors sors sort sortons sortez sortent",
    "sourire": "souris souris sourit sourions souriez sourient",
    "suivre": "suis suis suit suivons suivez suivent",
    "venir": "viens viens vient venons venez viennent",
    "vivre": "vis vis vit vivons vivez vivent",
    "voir": "vois vois voit voyons voyez voient",
    "vouloir": "veux veux veut voulons voulez veulent",
}

# Verbs in -er whose stem changes where the ending is silent: (je) achète, but (nous) achetons.
_SILENT_STEM = {
    "acheter": "achèt",
    "amener": "amèn",
    "appeler": "appell",
    "envoyer": "envoi",
    "espérer": "espèr",
    "essuyer": "essui",
    "jeter": "jett",
    "lever": "lèv",
    "nettoyer": "nettoi",
    "payer": "pai",
    "peser": "pès",
    "préférer": "préfèr",
    "protéger": "protèg",
    "répéter": "répèt",
}

_PARTICIPLES = {
    "apercevoir": "aperçu",
    "apprendre": "appris",
    "avoir": "eu",
    "boire": "bu",
    "comprendre": "compris",
    "conduire": "conduit",
    "connaître": "connu",
    "construire": "construit",
    "courir": "couru",
    "croire": "cru",
    "découvrir": "découvert",
    "devenir": "devenu",
    "devoir": "dû",
    "dire": "dit",
    "disparaître": "disparu",
    "détruire": "détruit",
    "écrire": "écrit",
    "être": "été",
    "faire": "fait",
    "lire": "lu",
    "mettre": "mis",
    "mourir": "mort",
    "offrir": "offert",
    "ouvrir": "ouvert",
    "peindre": "peint",
    "pouvoir": "pu",
    "prendre": "pris",
    "recevoir": "reçu",
    "revenir": "revenu",
    "rire": "ri",
    "savoir": "su",
    "sourire": "souri",
    "suivre": "suivi",
    "venir": "venu",
    "vivre": "vécu",
    "voir": "vu",
    "vouloir": "voulu",
}

_FEMININES = {
    "beau": "belle",
    "blanc": "blanche",
    "bon": "bonne",
    "doux": "douce",
    "épais": "épaisse",
    "frais": "fraîche",
    "gentil": "gentille",
    "gras": "grasse",
    "gros": "grosse",
    "jaloux": "jalouse",
    "long": "longue",
    "nouveau": "nouvelle",
    "public": "publique",
    "sec": "sèche",
    "secret": "secrète",
    "inquiet": "inquiète",
    "vieux": "vieille",
    "violet": "violette",
}
_BEFORE_VOWEL = {"beau": "bel", "nouveau": "nouvel", "vieux": "vieil"}
_PLURALS_IN_X = frozenset("bijou caillou chou genou hibou cheveu feu jeu lieu neveu".split())
_ELIDED = {"je": "j'", "me": "m'", "te": "t'", "le": "l'", "la": "l'", "ne": "n'", "de": "d'", "que": "qu'"}
_CONTRACTED = {("à", "le"): "au", ("à", "les"): "aux", ("de", "le"): "du", ("de", "les"): "des"}


def starts_with_vowel(word: str) -> bool:
    """Whether ``word`` begins with a vowel sound, so that the word before it is elided."""
    if word == "y":
        return True
    if word[0] == "h":
        return word not in ASPIRATED and word.rstrip("sx") not in ASPIRATED
    return word[0] in _VOWELS


def elide(word: str, following: str) -> str:
    """``word`` as it is written before ``following``: ``("le", "homme")`` gives ``"l'"``."""
    if word == "si":
        return "s'" if following in ("il", "ils") else word
    return _ELIDED[word] if word in _ELIDED and starts_with_vowel(following) else word


def contract(preposition: str, article: str) -> str | None:
    """The one word for a preposition and an article (``au``, ``aux``, ``du``, ``des``), if there is one."""
    return _CONTRACTED.get((preposition, article))


def plural(word: str) -> str:
    """The plural of a noun or of a masculine adjective."""
    if word.endswith(("s", "x", "z")):
        return word
    if word.endswith("eau") or word in _PLURALS_IN_X:
        return word + "x"
    if word.endswith("al"):
        return word[:-1] + "ux"
    return word + "s"


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


def agree(adjective: str, gender: str, is_plural: bool, following: str | None = None) -> str:
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


def participle(infinitive: str) -> str:
    """The past participle in the masculine singular."""
    if infinitive in _PARTICIPLES:
        return _PARTICIPLES[infinitive]
    ending = {"er": "é", "ir": "i", "re": "u"}[infinitive[-2:]]
    return infinitive[:-2] + ending
