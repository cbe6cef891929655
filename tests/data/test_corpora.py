"""The two loaders, on small files written here and on the real ones where they are at hand.

Every test of what a loader gives runs over all *folders*: "written" is made by this module, in the form of
the published files, with its own hashes in place of the pinned ones, so that it is there on every machine.
The others are folders with the published files: the one named by ``S2S_DATA_DIR``, else ``../shared/data``
beside the repository. Where there is no such folder the same tests run on the written files alone. Tests of
errors always write their own files. Nothing here reaches the network.
"""

import gzip
import hashlib
import io
import itertools
import os
import random
import re
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path

import pooch
import pytest

from s2s_course.data import corpora
from s2s_course.data.corpora import MULTI30K, TATOEBA, multi30k, tatoeba
from s2s_course.data.pairs import SentencePair
from s2s_course.data.source import CorpusError

LANGUAGES = ("en", "de", "fr")
STEMS = {"train": "train", "validation": "val", "test": "test_2016_flickr"}
WRITTEN_SIZES = {"train": 40, "validation": 7, "test": 5}
PUBLISHED_SIZES = {"train": 29_000, "validation": 1_014, "test": 1_000}


def real_folders() -> list[Path]:
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("S2S_DATA_DIR") or beside).resolve()
    return [folder] if (folder / "multi30k").is_dir() and (folder / "tatoeba").is_dir() else []


REAL_FOLDERS = real_folders()


def zipped(text: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_about.txt", "Where it comes from.\n")
        archive.writestr("fra.txt", text)
    return buffer.getvalue()


def written_rows() -> list[str]:
    """Lines of ``fra.txt``: 450 pairs of 700 English and 800 French sentences, sorted by length."""
    chance = random.Random(1)
    english = [f"Sentence {'very ' * (n % 5)}{n}." for n in range(700)]
    french = [f"Phrase\u202f{n}\u00a0!" for n in range(800)]
    rows = [(chance.choice(english), chance.choice(french)) for _ in range(450)]
    same = [("Go.", "Va !"), ("Go.", "Va\u202f!"), ("go.", "Bouge !"), ("Leave.", "bouge !"), ("Go.", "Va !")]
    return ["\t".join(row) for row in sorted([*rows, *same], key=lambda row: len(row[0]))]


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def pin(monkeypatch, folder: Path) -> None:
    """The hashes of the files in this folder become the pinned ones."""
    for source in (MULTI30K, TATOEBA):
        hashes = {
            name: hashlib.sha256((folder / source.name / name).read_bytes()).hexdigest()
            for name in source.sha256
        }
        monkeypatch.setattr(corpora, source.name.upper(), replace(source, sha256=hashes))


@pytest.fixture(autouse=True)
def no_download(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a download was tried")

    monkeypatch.setattr(pooch, "retrieve", refuse)


@pytest.fixture
def written(tmp_path, monkeypatch) -> Path:
    files = {"tatoeba/fra-eng.zip": zipped("\n".join(written_rows()) + "\n")}
    for (split, stem), language in itertools.product(STEMS.items(), LANGUAGES):
        lines = [f" {language}  {split}\u00a0{n}\t. " for n in range(WRITTEN_SIZES[split])]
        files[f"multi30k/{stem}.{language}.gz"] = gzip.compress(("\n".join(lines) + "\n").encode())
    write(tmp_path, files)
    pin(monkeypatch, tmp_path)
    monkeypatch.setenv("S2S_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture(params=["written", *map(str, REAL_FOLDERS)])
def folder(request, monkeypatch) -> Path:
    if request.param == "written":
        return request.getfixturevalue("written")
    monkeypatch.setenv("S2S_DATA_DIR", request.param)
    return Path(request.param)


def clean(text: str) -> str:
    """An independent account of clean white space."""
    return re.sub(r"\s+", " ", re.sub("[\u00ad\u200b]", "", text)).strip()


# --- Multi30k ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("src", "tgt"), list(itertools.permutations(LANGUAGES, 2)))
def test_multi30k_gives_the_lines_of_both_files(folder, src, tgt):
    corpus = multi30k(src, tgt)
    assert (corpus.name, corpus.src_language, corpus.tgt_language) == ("multi30k", src, tgt)
    sizes = {split: len(pairs) for split, pairs in corpus.splits.items()}
    assert sizes == (PUBLISHED_SIZES if folder in REAL_FOLDERS else WRITTEN_SIZES)
    for split, stem in STEMS.items():
        packed = [(folder / "multi30k" / f"{stem}.{language}.gz").read_bytes() for language in (src, tgt)]
        sides = [gzip.decompress(side).decode().split("\n") for side in packed]
        expected = [SentencePair(clean(a), clean(b)) for a, b in zip(*sides, strict=True)]
        assert expected.pop() == SentencePair("", "")  # after the last line feed
        assert list(corpus[split]) == expected


def test_what_the_docstring_says_about_the_published_multi30k():
    for folder in REAL_FOLDERS:
        corpus = multi30k("en", "fr", data_dir=folder)
        for side, shared in (("src", 1), ("tgt", 3)):
            train, validation, test = ({getattr(p, side) for p in pairs} for pairs in corpus.splits.values())
            assert len(train & validation) == shared
            assert not (train | validation) & test
        assert sum(pair.tgt == "@@" for pair in multi30k("en", "de", data_dir=folder)["train"]) == 2


def test_multi30k_is_english_to_french_unless_told(written):
    corpus = multi30k()
    assert corpus["train"][3] == SentencePair("en train 3 .", "fr train 3 .")


def test_a_folder_can_be_given_as_an_argument(written, monkeypatch):
    monkeypatch.delenv("S2S_DATA_DIR")
    assert len(multi30k("de", "en", data_dir=written)["test"]) == 5
    assert len(tatoeba(data_dir=str(written))["train"]) > 400


@pytest.mark.parametrize(
    ("load", "src", "tgt", "complaint"),
    [
        (multi30k, "it", "fr", "src must be one of en, de, fr, got 'it'"),
        (multi30k, "en", "EN", "tgt must be one of en, de, fr, got 'EN'"),
        (multi30k, "de", "de", "src and tgt must be two different languages, got 'de' for both"),
        (tatoeba, "de", "fr", "src must be one of en, fr, got 'de'"),
        (tatoeba, "en", "", "tgt must be one of en, fr, got ''"),
        (tatoeba, "fr", "fr", "src and tgt must be two different languages, got 'fr' for both"),
    ],
)
def test_languages_that_are_not_there(load, src, tgt, complaint):
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        load(src, tgt)


def test_sides_of_unequal_length(written):
    path = written / "multi30k" / "val.fr.gz"
    path.write_bytes(gzip.compress(b"Une phrase.\n" * 6))
    with pytest.raises(CorpusError, match=r"val\.en\.gz has 7 lines but val\.fr\.gz has 6: replace both"):
        multi30k()
    assert len(multi30k("en", "de")["validation"]) == 7  # the file is not needed here


def test_an_empty_line_is_named(written):
    (written / "multi30k" / "train.fr.gz").write_bytes(gzip.compress(b"Un.\nDeux.\n \xc2\xa0\nQuatre.\n"))
    with pytest.raises(CorpusError, match=r"train\.fr\.gz has an empty sentence in line 3: replace"):
        multi30k()


def test_an_empty_file_is_an_error(written):
    (written / "multi30k" / "train.fr.gz").write_bytes(b"")
    with pytest.raises(CorpusError, match=r"train\.fr\.gz has an empty sentence in line 1"):
        multi30k()


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda data: data[:-20], r"test_2016_flickr\.fr\.gz ends too early"),
        (lambda data: data[:20], r"test_2016_flickr\.fr\.gz ends too early"),
        (lambda _: b"no gzip", r"test_2016_flickr\.fr\.gz is damaged"),
        (lambda _: gzip.compress(b"a\nb\nc\xff\n"), r"test_2016_flickr\.fr\.gz is not UTF-8 in line 3"),
        (lambda _: gzip.compress(b"another version\n" * 5), r"test_2016_flickr\.fr\.gz is another version"),
    ],
    ids=["truncated", "truncated early", "not gzip", "bad utf-8", "wrong hash"],
)
def test_a_damaged_file_of_multi30k_is_named(written, damage, complaint):
    path = written / "multi30k" / "test_2016_flickr.fr.gz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CorpusError, match=complaint):
        multi30k()


def test_a_missing_file_of_either_corpus_is_named(written):
    (written / "multi30k" / "val.en.gz").unlink()
    (written / "tatoeba" / "fra-eng.zip").unlink()
    with pytest.raises(
        CorpusError, match=r"val\.en\.gz is missing: put val\.en\.gz from https://github\.com"
    ):
        multi30k()
    with pytest.raises(
        CorpusError, match=r"fra-eng\.zip is missing: put fra-eng\.zip from https://www\.many"
    ):
        tatoeba()


# --- Tatoeba -----------------------------------------------------------------------------------------------


def rows_of(folder: Path) -> set[SentencePair]:
    with zipfile.ZipFile(folder / "tatoeba" / "fra-eng.zip") as archive:
        lines = io.TextIOWrapper(archive.open("fra.txt"), encoding="utf-8", newline="\n").read().split("\n")
    return {SentencePair(*map(clean, line.split("\t")[:2])) for line in lines if line}


def test_tatoeba_splits_share_no_sentence_and_lose_no_pair_in_both_directions(folder):
    corpus = tatoeba()
    assert (corpus.name, corpus.src_language, corpus.tgt_language) == ("tatoeba", "en", "fr")
    assert list(corpus.splits) == ["train", "validation", "test"]
    pairs = [pair for split in corpus.splits.values() for pair in split]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == rows_of(folder)
    for one, other in itertools.combinations(corpus.splits.values(), 2):
        assert not {pair.src.lower() for pair in one} & {pair.src.lower() for pair in other}
        assert not {pair.tgt.lower() for pair in one} & {pair.tgt.lower() for pair in other}
    largest = 60  # no group of the published file has more pairs
    for split in ("validation", "test"):
        assert 0.02 * len(pairs) - 1 < len(corpus[split]) < 0.02 * len(pairs) + largest
    if folder in REAL_FOLDERS:
        assert len(pairs) == 142_652  # said in the docstring

    back = tatoeba("fr", "en")
    assert (back.src_language, back.tgt_language) == ("fr", "en")
    assert list(back.splits) == list(corpus.splits)
    for split, there in corpus.splits.items():
        assert [(pair.tgt, pair.src) for pair in there] == [(pair.src, pair.tgt) for pair in back[split]]


def test_another_version_may_be_written_in_another_normal_form(tmp_path):
    """A byte order mark is no letter, and no two splits share a sentence that is written in two ways."""
    lines = [f"Sentence {n}.\tL'élève {n}." for n in range(300)]
    lines += [unicodedata.normalize("NFD", line).replace(" ", "\u00a0") for line in lines]
    (tmp_path / "tatoeba").mkdir()
    with zipfile.ZipFile(tmp_path / "tatoeba" / "fra-eng.zip", "w") as archive:
        archive.writestr("fra.txt", b"\xef\xbb\xbf" + "\n".join(lines).encode())
    corpus = tatoeba(data_dir=tmp_path, allow_other_version=True)
    found = [pair for split in corpus.splits.values() for pair in split]
    assert len(found) == 300
    assert set(found) == {SentencePair(f"Sentence {n}.", f"L'élève {n}.") for n in range(300)}


def test_tatoeba_is_the_same_at_every_call_and_another_for_another_seed(written):
    first, again, other = tatoeba(seed=3), tatoeba(seed=3), tatoeba(seed=4)
    assert first == again
    assert set(first["test"]) != set(other["test"])
    assert first["train"] != other["train"]


def test_tatoeba_pairs_come_in_random_order(written):
    train = tatoeba()["train"]
    half = len(train) // 2
    means = [sum(len(pair.src) for pair in part) / len(part) for part in (train[:half], train[half:])]
    assert means[0] == pytest.approx(means[1], rel=0.15)  # sorted by length, one is twice the other
    neighbors = sum(a.src == b.src or a.tgt == b.tgt for a, b in itertools.pairwise(train))
    assert neighbors < 0.02 * len(train)  # group after group, it is one in three


def test_groups_are_the_connected_components():
    """Against a brute force that joins sets until nothing changes."""
    chance = random.Random(5)
    for size in (1, 7, 30, 60):
        pairs = [(f"S{chance.randrange(30)}", f"t{chance.randrange(30)}") for _ in range(size)]
        pairs += [(src.lower(), f"{tgt.upper()}!") for src, tgt in pairs[::5]]
        pairs += [("t1", "s1")]  # the same words on the other side are another sentence
        pairs = list(dict.fromkeys(pairs))
        joined = [{pair} for pair in pairs]
        changed = True
        while changed:
            changed = False
            for one, other in itertools.combinations(joined, 2):
                if any(
                    a[0].lower() == b[0].lower() or a[1].lower() == b[1].lower()
                    for a, b in itertools.product(one, other)
                ):
                    one |= other
                    joined.remove(other)
                    changed = True
                    break
        found = corpora._groups_sharing_a_sentence(pairs)
        assert sorted(map(sorted, found)) == sorted(map(sorted, joined))


def test_the_third_column_of_newer_files_changes_nothing(written):
    before = tatoeba()
    rows = [
        f"{row}\tCC-BY 2.0 (France) Attribution: tatoeba.org #{n}" for n, row in enumerate(written_rows())
    ]
    (written / "tatoeba" / "fra-eng.zip").write_bytes(zipped("\n".join(rows) + "\n"))
    assert tatoeba(allow_other_version=True) == before


def test_another_version_needs_the_opt_in(written):
    (written / "tatoeba" / "fra-eng.zip").write_bytes(zipped("Go.\tVa !\nRun.\tCours !\nStop.\tArrête !\n"))
    with pytest.raises(
        CorpusError, match=r"fra-eng\.zip is another version .* pass allow_other_version=True"
    ):
        tatoeba()
    corpus = tatoeba(allow_other_version=True)
    assert [len(corpus[split]) for split in ("train", "validation", "test")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Go.\tVa !\nRun.\n", "has 1 columns in line 2, not 2 or 3"),
        ("Go.\tVa !\ta\tb\n", "has 4 columns in line 1, not 2 or 3"),
        ("Go.\tVa !\nRun.\t \n", "has an empty sentence in line 2"),
        ("Go.\tVa !\n\u200b\tCours !\n", "has an empty sentence in line 2"),
        ("", "has 1 columns in line 1"),
        (b"Go.\tVa !\nRun.\tC\xe9 !\n", "is not UTF-8 in line 2"),
        ("Go.\tVa !\nGo.\tVas-y !\nLeave.\tVas-y !\nStop.\tArrête !\n", "too few unrelated sentences"),
    ],
)
@pytest.mark.parametrize("allow_other_version", [False, True])
def test_text_that_is_not_a_corpus_is_named(written, text, complaint, allow_other_version):
    (written / "tatoeba" / "fra-eng.zip").write_bytes(zipped(text))
    if "too few" in complaint and not allow_other_version:
        complaint = "another version"
    with pytest.raises(CorpusError, match=rf"fra-eng\.zip .*{complaint}.*replace it"):
        tatoeba(allow_other_version=allow_other_version)


@pytest.mark.parametrize("allow_other_version", [False, True])
def test_a_broken_zip_file_is_named(written, allow_other_version):
    path = written / "tatoeba" / "fra-eng.zip"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CorpusError, match=r"fra-eng\.zip is damaged or not a \.zip file: replace it"):
        tatoeba(allow_other_version=allow_other_version)


# --- what is known about the sources -----------------------------------------------------------------------


@pytest.mark.parametrize("source", [MULTI30K, TATOEBA], ids=lambda source: source.name)
def test_a_source_is_complete(source):
    assert len(source.mirrors) >= 2
    for file, sha256 in source.sha256.items():
        assert re.fullmatch("[0-9a-f]{64}", sha256)
        addresses = [
            address.format(file=file, sha256=sha256) for address in source.mirrors + source.other_versions
        ]
        assert all(address.startswith("https://") for address in addresses)
        assert all(file in address or sha256 in address for address in addresses)
    assert source.terms and source.attribution and source.homepage.startswith("https://")


def test_every_file_of_multi30k_is_pinned():
    assert set(MULTI30K.sha256) == {
        f"{stem}.{language}.gz" for stem in STEMS.values() for language in LANGUAGES
    }
    assert len(set(MULTI30K.sha256.values())) == 9
