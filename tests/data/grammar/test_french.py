"""French inflection against forms written by hand."""

import pytest

from s2s_course.data.grammar import french
from s2s_course.data.grammar.lexicon import ADJECTIVES, NOUNS, VERBS

PRESENT = {
    "manger": "mange manges mange mangeons mangez mangent",
    "commencer": "commence commences commence commençons commencez commencent",
    "acheter": "achète achètes achète achetons achetez achètent",
    "appeler": "appelle appelles appelle appelons appelez appellent",
    "nettoyer": "nettoie nettoies nettoie nettoyons nettoyez nettoient",
    "envoyer": "envoie envoies envoie envoyons envoyez envoient",
    "répéter": "répète répètes répète répétons répétez répètent",
    "choisir": "choisis choisis choisit choisissons choisissez choisissent",
    "vendre": "vends vends vend vendons vendez vendent",
    "prendre": "prends prends prend prenons prenez prennent",
    "ouvrir": "ouvre ouvres ouvre ouvrons ouvrez ouvrent",
    "dire": "dis dis dit disons dites disent",
    "être": "suis es est sommes êtes sont",
    "avoir": "ai as a avons avez ont",
    "aller": "vais vas va allons allez vont",
    "venir": "viens viens vient venons venez viennent",
    "peindre": "peins peins peint peignons peignez peignent",
    "vouloir": "veux veux veut voulons voulez veulent",
    "boire": "bois bois boit buvons buvez boivent",
    "croire": "crois crois croit croyons croyez croient",
}
PARTICIPLES = {
    "manger": "mangé", "choisir": "choisi", "vendre": "vendu", "voir": "vu", "prendre": "pris",
    "ouvrir": "ouvert",
    "offrir": "offert", "lire": "lu", "boire": "bu", "écrire": "écrit", "peindre": "peint", "mourir": "mort",
    "venir": "venu", "courir": "couru", "suivre": "suivi", "connaître": "connu", "rire": "ri",
    "partir": "parti",
    "construire": "construit", "dormir": "dormi",
}  # fmt: skip
ADJECTIVE_FORMS = {
    # masculine, before a masculine vowel, feminine, masculine plural, feminine plural
    "beau": ("beau", "bel", "belle", "beaux", "belles"),
    "nouveau": ("nouveau", "nouvel", "nouvelle", "nouveaux", "nouvelles"),
    "vieux": ("vieux", "vieil", "vieille", "vieux", "vieilles"),
    "bon": ("bon", "bon", "bonne", "bons", "bonnes"),
    "blanc": ("blanc", "blanc", "blanche", "blancs", "blanches"),
    "long": ("long", "long", "longue", "longs", "longues"),
    "heureux": ("heureux", "heureux", "heureuse", "heureux", "heureuses"),
    "jaloux": ("jaloux", "jaloux", "jalouse", "jaloux", "jalouses"),
    "doux": ("doux", "doux", "douce", "doux", "douces"),
    "gris": ("gris", "gris", "grise", "gris", "grises"),
    "cher": ("cher", "cher", "chère", "chers", "chères"),
    "léger": ("léger", "léger", "légère", "légers", "légères"),
    "sec": ("sec", "sec", "sèche", "secs", "sèches"),
    "frais": ("frais", "frais", "fraîche", "frais", "fraîches"),
    "gentil": ("gentil", "gentil", "gentille", "gentils", "gentilles"),
    "italien": ("italien", "italien", "italienne", "italiens", "italiennes"),
    "français": ("français", "français", "française", "français", "françaises"),
    "violet": ("violet", "violet", "violette", "violets", "violettes"),
    "rouge": ("rouge", "rouge", "rouge", "rouges", "rouges"),
}
PLURALS = {
    "chat": "chats", "cheval": "chevaux", "journal": "journaux", "animal": "animaux", "oiseau": "oiseaux",
    "bijou": "bijoux", "caillou": "cailloux", "hibou": "hiboux", "chou": "choux", "jeu": "jeux",
    "souris": "souris",
    "noix": "noix", "ours": "ours", "hôpital": "hôpitaux", "couteau": "couteaux", "œuf": "œufs",
}  # fmt: skip


@pytest.mark.parametrize("infinitive", PRESENT)
def test_present(infinitive):
    assert " ".join(french.present(infinitive)) == PRESENT[infinitive]


def test_unknown_irregular_verb_is_an_error():
    with pytest.raises(ValueError, match=r"infinitive must be regular .* got 'absoire'"):
        french.present("absoire")


@pytest.mark.parametrize("infinitive", PARTICIPLES)
def test_participle(infinitive):
    assert french.participle(infinitive) == PARTICIPLES[infinitive]


@pytest.mark.parametrize("adjective", ADJECTIVE_FORMS)
def test_agreement(adjective):
    masculine, before_vowel, feminine, masculine_plural, feminine_plural = ADJECTIVE_FORMS[adjective]
    assert french.agree(adjective, "m", False) == masculine
    assert french.agree(adjective, "m", False, following="homme") == before_vowel
    assert french.agree(adjective, "m", False, following="héros") == masculine
    assert french.agree(adjective, "f", False, following="amie") == feminine
    assert french.agree(adjective, "m", True, following="hommes") == masculine_plural
    assert french.agree(adjective, "f", True) == feminine_plural


@pytest.mark.parametrize("noun", PLURALS)
def test_plural(noun):
    assert french.plural(noun) == PLURALS[noun]


@pytest.mark.parametrize(
    ("word", "following", "written"),
    [
        ("le", "homme", "l'"), ("la", "école", "l'"), ("le", "héros", "le"), ("la", "hache", "la"),
        ("la", "harpe", "la"), ("le", "haricot", "le"), ("de", "haricots", "de"), ("de", "hiboux", "de"),
        ("la", "histoire", "l'"), ("la", "huile", "l'"), ("je", "ai", "j'"), ("ne", "y", "n'"), ("que", "il",
        "qu'"),
        ("me", "a", "m'"), ("te", "aime", "t'"), ("de", "œufs", "d'"), ("la", "île", "l'"), ("le", "yaourt",
        "le"),
        ("si", "il", "s'"), ("si", "ils", "s'"), ("si", "elle", "si"), ("les", "hommes", "les"), ("tu", "as",
        "tu"),
    ],
)  # fmt: skip
def test_elision(word, following, written):
    assert french.elide(word, following) == written


def test_contraction():
    table = {
        pair: french.contract(*pair) for pair in [(p, a) for p in ("à", "de") for a in ("le", "la", "les")]
    }
    assert table == {
        ("à", "le"): "au", ("à", "la"): None, ("à", "les"): "aux",
        ("de", "le"): "du", ("de", "la"): None, ("de", "les"): "des",
    }  # fmt: skip


def test_every_word_of_the_lexicon_can_be_inflected():
    for verb in VERBS:
        assert len(french.present(verb.french)) == 6
        assert french.participle(verb.french)[-1] in "éiuûts"
    for adjective in ADJECTIVES:
        assert french.feminine(adjective.french).endswith("e")
    for noun in NOUNS:
        assert noun.gender in ("m", "f")
        assert french.plural(noun.french)[-1] in "sxz"
