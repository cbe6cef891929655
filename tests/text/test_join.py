import pytest

from s2s_course.data.grammar import grammar_corpus
from s2s_course.text.join import join_words
from s2s_course.text.tokenize import WordTokenizer

REAL = {
    "en": r"""
I don't know. | We're done, aren't we? | It's five o'clock. | The dogs' bones are gone. | Let's go!
She'd have said so, but they'll see. | A well-known man (old) left. | At 10:30 it is 3.5 km.
He is 1,000 years old. | On May 4, 2026 it rained. | "Stop," he said, "or I'll shout."
He said 'no' twice. | They don't make 'em like that. | The U.S.A. is big. | It is 5 a.m. now.
Is it 50% or $20? | He wrote r&b songs. | What?! | Wait... | Yes/no questions
Mr. Smith's mother-in-law | Tom's and Mary's friends' car | That [one] costs €5; this one: #2.
He came -- and left. | A cat – a black one – slept.
The boy's hat, the girl's coat and the boys' shoes were "new".
The dogs' bones aren't there. | The dogs' bones, aren't they good? | He wrote '' twice.
He said 'Stop!' all day.
""",
    "fr": r"""
L'homme n'a pas vu l'arbre. | Est-ce qu'il part ? | Quoi ! | Il dit : « oui » ; elle rit.
Aujourd'hui, j'y vais. | Qu'est-ce que c'est ? | Peut-être (ou non). | C'est à 10:30, à 3,5 km.
Il dit "non". | Quoi ?! | Attends… | Jusqu'à demain… | Les enfants - trois - dorment. | « Ça va ? »
Va-t'en ! | Il y a 1,5 million d'habitants.
""",
    "de": r"""
Die U-Bahn ist schwarz-gelb. | Wie geht's? | Er sagt: „So nicht“, und geht.
Das sind 3,5 km um 10:30 Uhr. | Kajak- und Kanufahrer | Helm und -handschuhe
Ein „Stop“-Schild steht da. | Am 3. Mai (abends) | Es sind 50 % davon. | Der Mann - ein Koch?
Sie ruft: "Halt!" | Dr.-Ing. Müller; ja!
""",
}
SENTENCES = [
    (language, sentence.strip())
    for language, text in REAL.items()
    for sentence in text.strip().replace("\n", " | ").split(" | ")
]
ODD = {"Der Mann - ein Koch?", "Dr.-Ing. Müller; ja!"}  # German writes both ways; the likelier one is taken


@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
def test_real_sentences_come_back_as_they_were(language, sentence):
    tokenizer = WordTokenizer(language, lowercase=False)
    joined = tokenizer.detokenize(tokenizer.tokenize(sentence))
    assert (joined == sentence) != (sentence in ODD)
    assert tokenizer.tokenize(joined) == tokenizer.tokenize(sentence)


def test_every_sentence_of_the_grammar_comes_back():
    corpus = grammar_corpus(train=500, test=0, longer=60, compositional=0)
    for pair in (*corpus["train"], *corpus["longer"]):
        for tokenizer, text in ((WordTokenizer("en"), pair.src), (WordTokenizer("fr"), pair.tgt)):
            assert tokenizer.detokenize(tokenizer.tokenize(text)) == text.lower()


def test_unknown_words_are_words():
    assert (
        join_words(["the", "<unk>", "'", "s", "<unk>", ",", "<unk>", "."], "en")
        == "the <unk>'s <unk>, <unk>."
    )
    assert join_words(["l'", "<unk>", "?"], "fr") == "l'<unk> ?"
    assert WordTokenizer("fr").tokenize("L'<unk> ?") == ["l'", "<unk>", "?"]


def test_nothing_gives_nothing():
    assert join_words([], "en") == ""


def test_an_elision_between_quotes_opens_no_quotation():
    assert (
        join_words(["il", "dit", ":", "'", "l", "'", "homme", "dort", "'"], "fr") == "il dit : 'l'homme dort'"
    )
    assert join_words(["'", "l", "'", "homme", "'"], "fr") == "'l'homme'"
