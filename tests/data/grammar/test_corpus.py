"""The grammar's sentences against rules of both languages written here, independently of the generator."""

import inspect
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from s2s_course.data.grammar import (
    CONSTRUCTIONS,
    generate,
    grammar_corpus,
    held_out_combinations,
    lexicon,
    sentences,
)
from s2s_course.data.grammar.samples import samples_page
from s2s_course.text.tokenize import WordTokenizer

ENGLISH, FRENCH = WordTokenizer("en"), WordTokenizer("fr")
MUTE_H = {"homme", "hommes", "histoire", "histoires", "horloge", "horloges", "huître", "huîtres", "honnête",
          "honnêtes", "henri", "hôpital", "hôpitaux", "hôtel", "hôtels", "heureux", "heureuse", "heureuses",
          "habite", "habites", "habitons", "habitez", "habitent", "habiter", "hier", "habité"}  # fmt: skip
ASPIRATED_H = {"héros", "hache", "haches", "hibou", "hiboux", "homard", "homards", "haricot", "haricots",
               "hamster", "hamsters", "hamburger", "hamburgers", "harpe", "harpes", "hérisson", "hérissons",
               "hangar", "hangars", "huit"}  # fmt: skip
ELIDED = {
    "l'": {"le", "la"},
    "d'": {"de"},
    "n'": {"ne"},
    "j'": {"je"},
    "qu'": {"que"},
    "m'": {"me"},
    "t'": {"te"},
}

# French nouns by hand: plural for each singular. The generator's own tables are not used.
MASCULINE = {
    "chat": "chats", "chien": "chiens", "cheval": "chevaux", "oiseau": "oiseaux", "lapin": "lapins",
    "loup": "loups",
    "hibou": "hiboux", "renard": "renards", "homme": "hommes", "garçon": "garçons", "roi": "rois",
    "livre": "livres",
    "enfant": "enfants", "ami": "amis", "étudiant": "étudiants", "médecin": "médecins", "voleur": "voleurs",
    "journal": "journaux", "roman": "romans", "poème": "poèmes", "article": "articles", "sac": "sacs",
    "train": "trains",
    "bateau": "bateaux", "avion": "avions", "arbre": "arbres", "chêne": "chênes", "château": "châteaux",
    "hôtel": "hôtels", "hôpital": "hôpitaux", "jardin": "jardins", "musée": "musées", "pont": "ponts",
    "lac": "lacs",
    "œuf": "œufs", "gâteau": "gâteaux", "citron": "citrons", "haricot": "haricots", "homard": "homards",
    "couteau": "couteaux", "bijou": "bijoux", "tableau": "tableaux", "chapeau": "chapeaux",
    "manteau": "manteaux",
    "bureau": "bureaux", "vélo": "vélos", "piano": "pianos", "violon": "violons", "film": "films",
    "ordinateur": "ordinateurs", "outil": "outils", "voisin": "voisins", "écrivain": "écrivains",
    "ingénieur": "ingénieurs",
}  # fmt: skip
FEMININE = {
    "fille": "filles", "femme": "femmes", "reine": "reines", "sœur": "sœurs", "tante": "tantes",
    "actrice": "actrices",
    "infirmière": "infirmières", "chanteuse": "chanteuses", "sorcière": "sorcières", "dame": "dames",
    "vache": "vaches",
    "souris": "souris", "chèvre": "chèvres", "oie": "oies", "tortue": "tortues", "poule": "poules",
    "abeille": "abeilles",
    "araignée": "araignées", "pomme": "pommes", "poire": "poires", "orange": "oranges", "cerise": "cerises",
    "huître": "huîtres", "tarte": "tartes", "omelette": "omelettes", "noix": "noix", "lettre": "lettres",
    "histoire": "histoires", "recette": "recettes", "fenêtre": "fenêtres", "boîte": "boîtes",
    "robe": "robes", "chemise": "chemises", "écharpe": "écharpes", "clé": "clés", 
    "horloge": "horloges", "hache": "haches", "fleur": "fleurs", "voiture": "voitures", "harpe": "harpes",
    "guitare": "guitares", "maison": "maisons", "forêt": "forêts", "ville": "villes", "église": "églises",
    "école": "écoles", "usine": "usines", "île": "îles", "chanson": "chansons", "idée": "idées",
    "erreur": "erreurs",
}  # fmt: skip
SINGULARS = {**dict.fromkeys(MASCULINE, "m"), **dict.fromkeys(FEMININE, "f")}
PLURALS = {**dict.fromkeys(MASCULINE.values(), "m"), **dict.fromkeys(FEMININE.values(), "f")}
# "lit", "porte" and "montre" are left out, because they are verbs too.
SAME = set(SINGULARS) & set(PLURALS)
# Adjectives by hand: (masculine, feminine, masculine plural, feminine plural).
BEFORE = [
    ("petit", "petite", "petits", "petites"), ("grand", "grande", "grands", "grandes"),
    ("beau", "belle", "beaux", "belles"), ("nouveau", "nouvelle", "nouveaux", "nouvelles"),
    ("vieux", "vieille", "vieux", "vieilles"), ("jeune", "jeune", "jeunes", "jeunes"),
    ("bon", "bonne", "bons", "bonnes"), ("mauvais", "mauvaise", "mauvais", "mauvaises"),
    ("joli", "jolie", "jolis", "jolies"), ("long", "longue", "longs", "longues"),
    ("gentil", "gentille", "gentils", "gentilles"),
    ("bel", "?", "?", "?"), ("nouvel", "?", "?", "?"), ("vieil", "?", "?", "?"),
]  # fmt: skip
AFTER = [
    ("noir", "noire", "noirs", "noires"), ("blanc", "blanche", "blancs", "blanches"),
    ("vert", "verte", "verts", "vertes"), ("gris", "grise", "gris", "grises"), ("bleu", "bleue", "bleus",
    "bleues"),
    ("heureux", "heureuse", "heureux", "heureuses"), ("courageux", "courageuse", "courageux", "courageuses"),
    ("français", "française", "français", "françaises"), ("italien", "italienne", "italiens", "italiennes"),
    ("cher", "chère", "chers", "chères"), ("lourd", "lourde", "lourds", "lourdes"),
    ("fatigué", "fatiguée", "fatigués", "fatiguées"), ("fier", "fière", "fiers", "fières"),
    ("violet", "violette", "violets", "violettes"), ("rond", "ronde", "ronds", "rondes"),
    ("intéressant", "intéressante", "intéressants", "intéressantes"), ("frais", "fraîche", "frais",
    "fraîches"),
    ("jaune", "jaune", "jaunes", "jaunes"), ("malade", "malade", "malades", "malades"),
    ("célèbre", "célèbre", "célèbres", "célèbres"), ("moderne", "moderne", "modernes", "modernes"),
]  # fmt: skip
PLURAL_DETERMINERS = [
    "mes", "tes", "ses", "nos", "vos", "leurs", "deux", "trois", "quatre", "cinq", "six", "sept", "huit",
    "dix",
]  # fmt: skip
KINDS = [("m", 1), ("f", 1), ("m", 2), ("f", 2)]  # gender and number, in the order of the forms
DETERMINERS = {
    "le": {("m", 1)}, "la": {("f", 1)}, "l'": {("m", 1), ("f", 1)}, "les": {("m", 2), ("f", 2)},
    "un": {("m", 1)}, "une": {("f", 1)}, "ce": {("m", 1)}, "cet": {("m", 1)}, "cette": {("f", 1)},
    "ces": {("m", 2), ("f", 2)}, "du": {("m", 1)}, "au": {("m", 1)}, "aux": {("m", 2), ("f", 2)},
    "des": {("m", 2), ("f", 2)}, "chaque": {("m", 1), ("f", 1)}, "plusieurs": {("m", 2), ("f", 2)},
    "ma": {("f", 1)}, "ta": {("f", 1)}, "sa": {("f", 1)}, "mon": {("m", 1), ("f", 1)}, "ton": {("m", 1),
    ("f", 1)},
    "son": {("m", 1), ("f", 1)}, "notre": {("m", 1), ("f", 1)}, "votre": {("m", 1), ("f", 1)},
    **{word: {("m", 2), ("f", 2)} for word in PLURAL_DETERMINERS},
}  # fmt: skip
FORMS_BEFORE: dict[str, set] = {}
FORMS_AFTER: dict[str, set] = {}
for forms, table in [(FORMS_BEFORE, BEFORE), (FORMS_AFTER, AFTER)]:
    for row in table:
        for form, kind in zip(row, KINDS, strict=True):
            if form != "?":
                forms.setdefault(form, set()).add(kind)


def vowel(word):
    """Whether a word begins with a vowel sound; an unknown h is an error,
    so that the tables stay complete."""
    if word[0] == "h":
        assert word in MUTE_H | ASPIRATED_H or word.rstrip("s") in MUTE_H, word
        return word not in ASPIRATED_H
    return word[0] in "aàâeéèêiîoôuûœ" or word == "y"


def kinds_of(noun):
    found = set()
    if noun in SINGULARS:
        found.add((SINGULARS[noun], 1))
    if noun in PLURALS:
        found.add((PLURALS[noun], 2))
    return found


@pytest.fixture(scope="module")
def sample():
    """3,500 short and 300 long sentences, with their tokens."""
    drawn = [
        *itertools.islice(sentences(seed=1, max_length=20), 3_500),
        *itertools.islice(sentences(seed=2, min_length=21, max_length=60), 300),
    ]
    return [(s, ENGLISH.tokenize(s.pair.src), FRENCH.tokenize(s.pair.tgt)) for s in drawn]


@pytest.fixture(scope="module")
def french(sample):
    return [tokens for _, _, tokens in sample]


@pytest.fixture(scope="module")
def english(sample):
    return [tokens for _, tokens, _ in sample]


SIZES = {"train": 8_000, "validation": 300, "test": 300, "longer": 300, "compositional": 150}


@pytest.fixture(scope="module")
def corpus():
    return grammar_corpus(**SIZES, max_length=12)


# French


def test_elision(french):
    elided = 0
    for tokens in french:
        for word, following in itertools.pairwise(tokens):
            if word in {"le", "la", "je", "me", "te", "ne", "de", "que"}:
                assert not vowel(following), tokens
            if word in ELIDED:
                assert vowel(following), tokens
                elided += 1
            if word == "si":
                assert following not in ("il", "ils"), tokens
            if word == "s'":
                assert following in ("il", "ils"), tokens
    assert elided > 1_000


def test_an_apostrophe_is_only_on_the_known_elided_words(french):
    words = {word for tokens in french for word in tokens if "'" in word}
    assert words <= {*ELIDED, "s'", "aujourd'hui"}
    assert words >= {"l'", "d'", "n'", "j'", "qu'", "m'", "t'", "s'"}


def test_contraction(french):
    forbidden = {("à", "le"), ("à", "les"), ("de", "le"), ("de", "les"), ("de", "des"), ("de", "du")}
    for tokens in french:
        assert not forbidden & set(itertools.pairwise(tokens)), tokens
    assert {"au", "aux", "du", "des"} <= {word for tokens in french for word in tokens}


def noun_groups(tokens):
    """(determiner, adjectives before, noun, adjective after) for every noun of the tables."""
    for index, noun in enumerate(tokens):
        if not kinds_of(noun):
            continue
        start = index
        while start and tokens[start - 1] in FORMS_BEFORE:
            start -= 1
        determiner = tokens[start - 1] if start else ""
        if determiner not in DETERMINERS:
            continue
        after = tokens[index + 1]
        if after == "très":
            after = tokens[index + 2]
        yield determiner, tokens[start:index], noun, after


def test_noun_phrases_agree_in_gender_and_number(french):
    checked = 0
    for tokens in french:
        for determiner, adjectives, noun, _ in noun_groups(tokens):
            kinds = kinds_of(noun) & DETERMINERS[determiner]
            for adjective in adjectives:
                kinds &= FORMS_BEFORE[adjective]
            assert kinds, (determiner, adjectives, noun, tokens)
            checked += 1
    assert checked > 2_000


def test_adjectives_after_the_noun_agree(french):
    checked = 0
    for tokens in french:
        for determiner, _, noun, after in noun_groups(tokens):
            if after in FORMS_AFTER:
                assert kinds_of(noun) & DETERMINERS[determiner] & FORMS_AFTER[after], tokens
                checked += 1
    assert checked > 200


def test_forms_before_a_vowel(french):
    for tokens in french:
        for word, following in itertools.pairwise(tokens):
            if word in {"bel", "nouvel", "vieil", "cet"}:
                assert vowel(following), tokens
            if word in {"ma", "ta", "sa", "ce"}:
                assert not vowel(following), tokens
            if word in {"beau", "nouveau", "vieux"} and following in SINGULARS:
                assert following in SAME or not vowel(following), tokens
            if word in {"mon", "ton", "son"} and SINGULARS.get(following) == "f":
                assert vowel(following), tokens
    seen = {word for tokens in french for word in tokens}
    assert {"bel", "nouvel", "vieil", "cet", "mon", "ton", "son", "ma", "ta", "sa"} <= seen


def test_des_becomes_de_before_an_adjective(sample):
    checked = 0
    for sentence, english_tokens, french_tokens in sample:
        for i, j in sentence.pair.alignment:
            if english_tokens[i] == "some" and french_tokens[j + 1] in FORMS_BEFORE:
                mass = french_tokens[j] in ("du", "la") or french_tokens[j : j + 2] == ["de", "la"]
                assert mass or french_tokens[j] in ("de", "d'"), french_tokens
                checked += 1
            if french_tokens[j] == "des" and english_tokens[i] in ("some", "any"):
                assert french_tokens[j + 1] not in FORMS_BEFORE, french_tokens
    assert checked > 30


ETRE_PARTICIPLES = [
    "allé", "venu", "arrivé", "parti", "revenu", "entré", "sorti", "descendu", "monté", "tombé", "resté",
    "mort",
    "devenu",
]  # fmt: skip
AVOIR_PARTICIPLES = [
    "acheté", "vu", "trouvé", "cherché", "regardé", "vendu", "apporté", "perdu", "oublié", "caché", "cassé",
    "lavé",
    "choisi", "lu", "écrit", "ouvert", "entendu", "aidé", "rencontré", "suivi", "attendu", "réparé",
    "nourri", "mangé",
    "pris", "peint", "dessiné", "construit", "visité", "invité", "appelé", "remercié",
]  # fmt: skip
FEMININE_NAMES = {"marie", "alice", "emma", "julie", "sophie", "anne", "claire", "isabelle", "camille",
"charlotte",
                  "nathalie", "sarah"}  # fmt: skip
MASCULINE_NAMES = {"paul", "louis", "marc", "henri", "antoine", "nicolas", "thomas", "victor", "simon",
"arthur",
                   "olivier", "jules", "robert", "daniel"}  # fmt: skip
SUBJECTS = {
    "il": ("m", 1), "elle": ("f", 1), "ils": ("m", 2), "elles": ("f", 2), "je": ("m", 1), "tu": ("m", 1),
    "nous": ("m", 2), **dict.fromkeys(FEMININE_NAMES, ("f", 1)), **dict.fromkeys(MASCULINE_NAMES, ("m", 1)),
}  # fmt: skip
ETRE = {"suis", "es", "est", "sommes", "êtes", "sont"}
AVOIR = {"ai", "as", "a", "avons", "avez", "ont"}
ADVERBS = {"pas", "jamais", "souvent", "toujours", "parfois", "rarement"}
ENDINGS = {("m", 1): "", ("f", 1): "e", ("m", 2): "s", ("f", 2): "es"}


def stem_of(form, participles):
    """The masculine singular of a participle, if it is one of ``participles``."""
    return next((p for p in participles if form in {p + ending for ending in ENDINGS.values()}), None)


def subject_before(tokens, index):
    """Gender and number of the subject right before a finite verb (``ne`` between them), else None."""
    index -= 1
    if tokens[index] in ("ne", "n'"):
        index -= 1
    if tokens[index - 1] in ("et", ",", "à", "avec", "que", "qu'") and tokens[index] not in (
        "il",
        "elle",
        "ils",
        "elles",
    ):
        return None
    if tokens[index] in SUBJECTS:
        return SUBJECTS[tokens[index]]
    if tokens[index] in SINGULARS and tokens[index - 1] in DETERMINERS and index == 1:
        kinds = kinds_of(tokens[index]) & DETERMINERS[tokens[index - 1]]
        return kinds.pop() if len(kinds) == 1 else None
    return None


def test_participles_with_etre_agree_with_the_subject():
    drawn = generate(1_500, seed=4, constructions=["passe_compose", "negation", "relative_clause", "adverb"])
    kinds = []
    for pair in drawn:
        tokens = FRENCH.tokenize(pair.tgt)
        for index, word in enumerate(tokens):
            if word not in ETRE:
                continue
            end = next(i for i in range(index + 1, len(tokens)) if tokens[i] not in ADVERBS)
            stem = stem_of(tokens[end], ETRE_PARTICIPLES)
            subject = subject_before(tokens, index)
            if stem and subject:
                assert tokens[end] == stem + ENDINGS[subject], tokens
                kinds.append(subject)
    assert min(kinds.count(kind) for kind in [("m", 1), ("f", 1), ("m", 2)]) > 5


def test_participle_after_vous_agrees_with_the_title():
    drawn = generate(8_000, seed=5, min_length=5, max_length=9, constructions=["passe_compose", "address"])
    expected = {"monsieur": ("m", 1), "madame": ("f", 1), "messieurs": ("m", 2), "mesdames": ("f", 2)}
    seen = set()
    for pair in drawn:
        tokens = FRENCH.tokenize(pair.tgt)
        kind = expected.get(tokens[0]) or (SUBJECTS.get(tokens[0]) if tokens[1] == "," else None)
        if kind and tokens[3] in ("êtes", "es"):
            assert tokens[4] == stem_of(tokens[4], ETRE_PARTICIPLES) + ENDINGS[kind], tokens
            seen.add(kind)
    assert len(seen) == 4


def test_participle_agrees_with_a_pronoun_before_it():
    drawn = generate(
        4_000, seed=6, min_length=4, max_length=5, constructions=["passe_compose", "object_clitic"]
    )
    seen = {"her": 0, "him": 0, "it": 0, "them": 0, "us": 0, "me": 0}
    for pair in drawn:
        english_tokens, tokens = ENGLISH.tokenize(pair.src), FRENCH.tokenize(pair.tgt)
        pronoun = english_tokens[-2]
        auxiliary = next((i for i, word in enumerate(tokens) if word in AVOIR), None)
        # "him" in "answered him" is "lui": an indirect object, with which nothing agrees.
        if pronoun not in seen or auxiliary is None or tokens[auxiliary - 1] in ("lui", "leur"):
            continue
        if pronoun in ("us", "me") and english_tokens[-3] in (
            "answered",
            "answer",
            "phoned",
            "phone",
            "obeyed",
            "obey",
        ):
            continue
        participle = tokens[-2]
        if participle in AVOIR:  # "je les ai" is the present
            continue
        assert not participle.endswith("es"), tokens
        if pronoun == "her":
            assert participle.endswith(("ée", "ue", "ie", "te", "se")), tokens
        elif pronoun in ("them", "us"):
            assert participle.endswith("s"), tokens
        else:
            assert not participle.endswith("e"), tokens
        seen[pronoun] += 1
    assert min(seen.values()) > 5


def test_participle_agrees_with_the_antecedent_of_que():
    drawn = generate(4_000, seed=7, constructions=["passe_compose", "relative_clause"])
    counts = dict.fromkeys(KINDS, 0)
    for pair in drawn:
        tokens = FRENCH.tokenize(pair.tgt)
        for index, word in enumerate(tokens):
            if word not in ("que", "qu'") or not kinds_of(tokens[index - 1]):
                continue
            kinds = kinds_of(tokens[index - 1]) & DETERMINERS.get(tokens[index - 2], set())
            auxiliary = next(
                (i for i in range(index, min(index + 5, len(tokens))) if tokens[i] in AVOIR), None
            )
            if len(kinds) != 1 or auxiliary is None:
                continue
            (kind,) = kinds
            participle = tokens[auxiliary + 1]
            stem = stem_of(participle, AVOIR_PARTICIPLES)
            if stem is not None:
                same = stem.endswith("s") and kind == ("m", 2)
                assert participle == stem + ("" if same else ENDINGS[kind]), tokens
                counts[kind] += 1
    assert min(counts.values()) > 5


def test_predicates_agree_with_one_or_two_subjects():
    allowed = ["coordination", "predicate_adjective"]
    drawn = generate(3_000, seed=13, max_length=6, constructions=allowed)
    drawn += generate(7_000, seed=14, min_length=6, max_length=9, constructions=allowed)
    all_forms = {**FORMS_BEFORE, **FORMS_AFTER}
    single = joined = 0
    for pair in drawn:
        tokens = FRENCH.tokenize(pair.tgt)
        for index, word in enumerate(tokens):
            adjective = tokens[index + 1] if word in ("est", "sont") else ""
            if adjective not in all_forms or index not in (2, 5) or tokens[2] not in ("et", word):
                continue
            heads = [(tokens[index - 2], tokens[index - 1])]
            if index == 5:  # "le roi et la reine sont"
                heads.append((tokens[0], tokens[1]))
            kinds = [kinds_of(noun) & DETERMINERS.get(determiner, set()) for determiner, noun in heads]
            if any(len(kind) != 1 for kind in kinds):
                continue
            genders = {gender for kind in kinds for gender, _ in kind}
            is_plural = len(heads) > 1 or kinds[0] <= {("m", 2), ("f", 2)}
            assert (word == "sont") == is_plural, tokens
            assert ("f" if genders == {"f"} else "m", 1 + is_plural) in all_forms[adjective], tokens
            single += len(heads) == 1
            joined += len(genders) == 2
    assert single > 50
    assert joined > 5


def test_relative_pronoun_and_clitics_come_before_the_verb(french):
    for tokens in french:
        for word, following in itertools.pairwise(tokens):
            if word in {"me", "te", "lui", "m'", "t'"}:
                assert following not in {".", "?", ",", "et", "que", "qui"}, tokens


def test_negation_has_two_parts(french):
    for tokens in french:
        text = " ".join(tokens)
        assert tokens.count("ne") + tokens.count("n'") == tokens.count("pas") + tokens.count("jamais"), text
    assert any("n'y a pas" in " ".join(t).replace("' ", "'") for t in french)


def test_negated_objects_have_de(sample):
    checked = 0
    for sentence, english_tokens, french_tokens in sample:
        for word, following in itertools.pairwise(french_tokens):
            assert word not in ("pas", "jamais") or following not in ("un", "une"), french_tokens
        negated = {"not", "never", "cannot"} & set(english_tokens)
        for i, j in sentence.pair.alignment:
            if english_tokens[i] == "any" and negated and "?" not in english_tokens:
                assert french_tokens[j] in ("de", "d'"), french_tokens
                checked += 1
    assert checked > 20


# English


def test_a_and_an(english):
    spoken_vowel = {"honest"}
    spoken_consonant = {"useful", "university", "universities"}
    for tokens in english:
        for word, following in itertools.pairwise(tokens):
            if word in ("a", "an"):
                vowel_sound = following in spoken_vowel or (
                    following[0] in "aeiou" and following not in spoken_consonant
                )
                assert (word == "an") == vowel_sound, tokens


BASES = ["eat", "drink", "buy", "sell", "write", "open", "close", "see", "hear", "love", "know", "help",
"call", "meet",
         "find", "choose", "carry", "bring", "lose", "forget", "repair", "wash", "build", "visit", "give",
         "send", "tell",
         "sleep", "sing", "run", "swim", "leave", "fall", "stay", "go", "have", "wear",
         "understand"]  # fmt: skip
THIRD = {"carry": "carries", "wash": "washes", "go": "goes", "have": "has"}
THIRD = {base: THIRD.get(base, base + "s") for base in BASES}


def test_third_person_singular(english):
    singular = {"he", "she", "it"}
    other = {"i", "you", "we", "they"}
    counts = {"singular": 0, "other": 0}
    for tokens in english:
        for before, (word, verb) in zip(["", *tokens], itertools.pairwise(tokens), strict=False):
            asked = before in {"do", "does", "did", "can", "must", "am", "is", "are"}
            if asked or verb not in {*BASES, *THIRD.values()} or verb in {"open"}:
                continue
            # "to you leave": a pronoun after a preposition or a verb is no subject.
            if word in singular:
                assert verb in THIRD.values(), tokens
                counts["singular"] += 1
            elif word in other:
                assert verb in BASES, tokens
                counts["other"] += 1
    assert min(counts.values()) > 100


def test_do_support(english):
    finite = set(THIRD.values())
    checked = 0
    for tokens in english:
        for word, following in itertools.pairwise(tokens):
            if word == "not":
                assert following not in finite, tokens
                checked += 1
    assert checked > 100


def test_be_and_do_agree_with_pronouns(english):
    allowed = {
        "i": {"am", "do"}, "you": {"are", "do"}, "we": {"are", "do"}, "they": {"are", "do"},
        "he": {"is", "does"}, "she": {"is", "does"},
    }  # fmt: skip
    for tokens in english:
        for word, following in itertools.pairwise(tokens):
            if word in allowed and following in {"am", "is", "are", "do", "does"}:
                assert following in allowed[word], tokens


def test_what_happens_once_is_not_often(english):
    checked = 0
    for tokens in english:
        if "when" in tokens[1:]:
            rest = tokens[tokens.index("when", 1) :]
            end = next(
                i for i, word in enumerate(rest) if word in (",", "and", "but", ".", "?", "who", "that")
            )
            assert not {"often", "always", "sometimes", "rarely"} & set(rest[:end]), tokens
            checked += 1
    assert checked > 50


def test_there_are_no_apostrophes_in_english_and_all_is_lower_case(sample):
    for sentence, _, _ in sample:
        assert "'" not in sentence.pair.src
        assert sentence.pair.src == sentence.pair.src.lower()
        assert sentence.pair.tgt == sentence.pair.tgt.lower()


# Alignments and texts


def lemmas():
    """English forms and the French forms of the same lexicon entries (regular plurals written again here)."""
    table: dict[str, set[str]] = {}
    for noun in lexicon.NOUNS:
        for is_plural in (False, True):
            english_form, french_form = noun.forms(is_plural)
            table.setdefault(english_form, set()).add(french_form)
    categories = ("name", "title", "frequency", "question")
    for word in (word for category in categories for word in lexicon.words(category)):
        table.setdefault(word.english, set()).add(word.french)
    return table


def test_words_are_aligned_with_their_translation(sample):
    bases = {verb.english.split()[0] for verb in lexicon.VERBS}
    verbs = {base + ending for base in bases for ending in ("", "s", "es", "ed")}
    table = {word: forms for word, forms in lemmas().items() if word not in verbs}
    checked = 0
    for sentence, english_tokens, french_tokens in sample:
        for index, word in enumerate(english_tokens):
            if word in table and word != "when":
                partners = {french_tokens[j] for i, j in sentence.pair.alignment if i == index}
                assert partners & table[word], (word, partners, sentence.pair)
                checked += 1
    assert checked > 5_000


def test_alignments_are_within_the_sentence_and_end_with_the_punctuation(sample):
    for sentence, english_tokens, french_tokens in sample:
        alignment = sentence.pair.alignment
        assert list(alignment) == sorted(set(alignment))
        assert all(0 <= i < len(english_tokens) and 0 <= j < len(french_tokens) for i, j in alignment)
        assert english_tokens[-1] == french_tokens[-1] in (".", "?")
        assert (len(english_tokens) - 1, len(french_tokens) - 1) in alignment
        assert sum(1 for i, _ in alignment if i == len(english_tokens) - 1) == 1


UNALIGNED_ENGLISH = {"do", "does", "did", "to"}
UNALIGNED_FRENCH = {"est-ce", "que", "qu'", "à", "dans", "de", "d'"}


def test_only_function_words_have_no_partner(sample):
    for sentence, english_tokens, french_tokens in sample:
        left = {i for i, _ in sentence.pair.alignment}
        right = {j for _, j in sentence.pair.alignment}
        assert {w for i, w in enumerate(english_tokens) if i not in left} <= UNALIGNED_ENGLISH, sentence.pair
        assert {w for j, w in enumerate(french_tokens) if j not in right} <= UNALIGNED_FRENCH, sentence.pair


def test_word_order_differs(sample):
    crossed = 0
    for sentence, _, _ in sample:
        pairs = itertools.combinations(sentence.pair.alignment, 2)
        crossed += any((a[0] - b[0]) * (a[1] - b[1]) < 0 for a, b in pairs)
    assert crossed > len(sample) / 4


def test_texts_round_trip(sample):
    for sentence, english_tokens, french_tokens in sample:
        assert ENGLISH.detokenize(english_tokens) == sentence.pair.src
        assert FRENCH.detokenize(french_tokens) == sentence.pair.tgt
        assert len(english_tokens) == sentence.length


def test_known_alignment():
    pairs = {
        p.src: p for p in generate(3_000, seed=9, max_length=6, constructions=["negation", "passe_compose"])
    }
    pair = next(p for src, p in pairs.items() if src.startswith("paul did not") and len(p.alignment) == 6)
    # paul did not sleep . ~ paul n' a pas dormi .
    assert pair.alignment == ((0, 0), (1, 2), (2, 1), (2, 3), (3, 4), (4, 5))


# The interface


def test_lengths():
    for low, high in [(3, 3), (5, 7), (30, 34), (58, 60)]:
        drawn = generate(20, seed=3, min_length=low, max_length=high)
        assert {low <= len(ENGLISH.tokenize(pair.src)) <= high for pair in drawn} == {True}
    lengths = {len(ENGLISH.tokenize(pair.src)) for pair in generate(500, max_length=60)}
    assert len(lengths) > 45


def test_sentences_are_distinct_and_one_to_one():
    drawn = generate(3_000, seed=10, max_length=6)
    assert len({pair.src for pair in drawn}) == len({pair.tgt for pair in drawn}) == 3_000


def test_the_tenses_named_are_those_used():
    for sentence in itertools.islice(sentences(seed=21, max_length=10), 4_000):
        english, french = sentence.pair.src.split(), sentence.pair.tgt
        assert ("futur_proche" in sentence.constructions) == ("going" in english), sentence
        if "passe_compose" in sentence.constructions:
            assert re.search(r"(?:\b|')(ai|as|a|avons|avez|ont|suis|es|est|sommes|êtes|sont)\b", french), (
                sentence
            )
        if "did" in english:
            assert "passe_compose" in sentence.constructions, sentence


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_constructions_limit_the_sentences(construction):
    allowed = {construction}
    drawn = list(itertools.islice(sentences(seed=11, constructions=allowed), 300))
    assert {name for sentence in drawn for name in sentence.constructions} == allowed


def test_no_construction_is_the_plain_clause():
    drawn = list(itertools.islice(sentences(seed=12, max_length=8, constructions=()), 300))
    assert {sentence.constructions for sentence in drawn} == {frozenset()}
    words = {word for sentence in drawn for word in FRENCH.tokenize(sentence.pair.tgt)}
    assert not words & {"pas", "jamais", "est-ce", "qui", "et", "mais", "très", "mon", "cette", "lui"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_pairs": 0}, "num_pairs must be at least 1, got 0"),
        ({"num_pairs": 5, "min_length": 0}, "min_length must be from 3 to 60, got 0"),
        ({"num_pairs": 5, "max_length": 2}, "max_length must be from 3 to 60, got 2"),
        ({"num_pairs": 5, "max_length": 61}, "max_length must be from 3 to 60, got 61"),
        ({"num_pairs": 5, "min_length": 9, "max_length": 8}, "must be at most max_length, got 9 and 8"),
        ({"num_pairs": 5, "constructions": ["subjunctive"]},
        "constructions must be among .* got 'subjunctive'"),
        ({"num_pairs": 5, "min_length": 40, "max_length": 50, "constructions": []},
        "must leave enough different"),
        ({"num_pairs": 5_000, "max_length": 3, "constructions": ["negation"]}, "must leave enough different"),
    ],
)  # fmt: skip
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        generate(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"src": "de"}, "src must be one of en, fr, got 'de'"),
        ({"tgt": "it"}, "tgt must be one of en, fr, got 'it'"),
        ({"src": "fr"}, "src and tgt must be two different languages, got 'fr' for both"),
        ({"train": -1}, "train must be at least 0, got -1"),
        ({"max_length": 60}, "max_length must be from 3 to 59, got 60"),
    ],
)
def test_bad_corpus_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        grammar_corpus(**arguments)


def test_deterministic_across_processes():
    code = "from s2s_course.data.grammar import generate; print(generate(60, seed=5, max_length=25))"
    other = "77" if os.environ.get("PYTHONHASHSEED") == "1" else "1"  # sets are ordered in another way there
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": other},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{generate(60, seed=5, max_length=25)}\n"
    assert generate(60, seed=6, max_length=25) != generate(60, seed=5, max_length=25)


def test_the_stored_page_is_what_the_grammar_says():
    page = Path(__file__).parents[3] / "book" / "grammar-samples.md"
    assert page.read_text(encoding="utf-8") == samples_page()
    assert samples_page().count("\n| ") == 102


def test_size_of_the_lexicon():
    entries = {(type(e).__name__, e.english, e.french, getattr(e, "category", "")) for e in
               (*lexicon.NOUNS, *lexicon.VERBS, *lexicon.ADJECTIVES, *lexicon.WORDS)}  # fmt: skip
    assert len(entries) >= 400
    for entry_list in (lexicon.NOUNS, lexicon.VERBS, lexicon.ADJECTIVES):
        assert len({e.english for e in entry_list}) == len({e.french for e in entry_list}) == len(entry_list)


def test_selections_name_only_known_words():
    known = {noun.english for noun in lexicon.NOUNS}.union(*(noun.classes for noun in lexicon.NOUNS))
    selections = [adjective.nouns for adjective in lexicon.ADJECTIVES]
    for verb in lexicon.VERBS:
        selections += [verb.subject, *(s for f in verb.frames for s in (f.direct, f.oblique) if s)]
    for selection in selections:
        assert {word.removeprefix("-") for word in selection.split()} <= known
        assert lexicon.select(selection)


# The corpus


def test_splits(corpus):
    sizes = {name: len(split) for name, split in corpus.splits.items()}
    assert sizes == SIZES
    assert (corpus.name, corpus.src_language, corpus.tgt_language) == ("grammar", "en", "fr")
    for side in ("src", "tgt"):
        texts = [getattr(pair, side) for split in corpus.splits.values() for pair in split]
        assert len(texts) == len(set(texts)) == sum(SIZES.values())
    for name, split in corpus.splits.items():
        lengths = [len(ENGLISH.tokenize(pair.src)) for pair in split]
        assert (min(lengths) > 12 and max(lengths) <= 60) if name == "longer" else max(lengths) <= 12


def test_sizes_by_default():
    defaults = {"train": 20_000, "validation": 500, "test": 500, "longer": 500, "compositional": 500}
    parameters = inspect.signature(grammar_corpus).parameters
    assert {name: parameters[name].default for name in defaults} == defaults
    assert parameters["max_length"].default == 8


def test_held_out_combinations_are_only_in_the_compositional_split(corpus):
    held_out = {(adjective, noun) for kind, adjective, noun in held_out_combinations() if kind == "adjective"}
    ordinary = [p for name, split in corpus.splits.items() if name != "compositional" for p in split]
    seen = {pair for p in ordinary for pair in itertools.pairwise(ENGLISH.tokenize(p.src))}
    assert not seen & held_out
    novel = {pair for p in corpus["compositional"] for pair in itertools.pairwise(ENGLISH.tokenize(p.src))}
    assert len(novel & held_out) > 20


def test_every_compositional_sentence_has_words_of_a_held_out_combination(corpus):
    forms = {}
    for noun in lexicon.NOUNS:
        forms[noun.english] = {noun.forms(False)[0], noun.forms(True)[0]}
    for adjective in lexicon.ADJECTIVES:
        forms[f"adjective {adjective.english}"] = {
            adjective.english,
            adjective.comparative or adjective.english,
        }
    for verb in lexicon.VERBS:
        base = verb.english.split()[0]
        forms[f"verb {verb.english}"] = {
            base,
            verb.english_past,
            base + "s",
            base + "es",
            base[:-1] + "ies",
            "has",
        }
    train = {}
    for pair in corpus["train"]:
        for word in set(ENGLISH.tokenize(pair.src)):
            train[word] = train.get(word, 0) + 1
    held_out = held_out_combinations()
    often = SIZES["train"] // 2_000
    for pair in corpus["compositional"]:
        tokens = set(ENGLISH.tokenize(pair.src))
        found = [
            (kind, word, noun)
            for kind, word, noun in held_out
            if forms[f"{kind} {word}"] & tokens
            and (forms[noun] & tokens or {"it", "them", "him", "her"} & tokens)
        ]
        assert found, pair
        frequencies = [min(sum(train.get(f, 0) for f in forms[f"{k} {w}"]), sum(train.get(f,
        0) for f in forms[n]))
                       for k, w, n in found]  # fmt: skip
        assert max(frequencies) >= often, pair


def test_verb_object_combinations_of_the_generator(corpus):
    """What a sentence says of itself: no held-out pair in text of the ordinary splits, by verb and object."""
    held_out = {(verb, noun) for kind, verb, noun in held_out_combinations() if kind == "verb"}
    determiners = {
        "the",
        "a",
        "an",
        "some",
        "any",
        "this",
        "these",
        "my",
        "your",
        "his",
        "her",
        "our",
        "their",
    }
    patterns = set()
    for verb, noun in held_out:
        entry = next(v for v in lexicon.VERBS if v.english == verb)
        particle = verb.split()[1:]
        for form in {verb.split()[0], entry.english_past}:
            for determiner in determiners:
                patterns.add((form, *particle, determiner, noun))

    def runs(split):
        for pair in split:
            tokens = ENGLISH.tokenize(pair.src)
            for size in (3, 4):
                yield from zip(*(tokens[k:] for k in range(size)), strict=False)

    for name in ("train", "validation", "test", "longer"):
        assert not patterns & set(runs(corpus[name]))
    assert patterns & set(runs(corpus["compositional"]))


def test_larger_training_split_leaves_the_others_alone_and_reverses():
    sizes = {"validation": 40, "test": 40, "longer": 20}
    small = grammar_corpus(train=100, compositional=5, **sizes)
    large = grammar_corpus(train=300, compositional=0, src="fr", tgt="en", **sizes)
    assert (large.src_language, large.tgt_language) == ("fr", "en")
    assert tuple(pair.reversed() for pair in large["test"]) == small["test"]
    assert tuple(pair.reversed() for pair in large["train"])[:100] == small["train"]
    assert tuple(pair.reversed() for pair in large["validation"]) == small["validation"]
    assert [len(corpus["compositional"]) for corpus in (small, large)] == [5, 0]
