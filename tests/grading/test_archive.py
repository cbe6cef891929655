"""Zips made to harm: each member that is wanted is read within its limits, or refused with one sentence."""

import io
import stat
import struct
import tracemalloc
import zipfile

import pytest
from grading.handed_in import zip_of
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s_course.grading.archive import MOST_MEMBERS, Archive, ArchiveError


def read(content: bytes, most: int = 1_000_000) -> dict[tuple[str, ...], bytes]:
    with Archive(content) as archive:
        return {member.parts: archive.read(member, most) for member in archive.members()}


def refused(content: bytes, most: int = 10_000_000) -> str:
    with pytest.raises(ArchiveError) as caught:
        read(content, most)
    return str(caught.value)


def patched(content: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new)
    assert old in content
    return content.replace(old, new)


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.text(
            st.characters(exclude_categories=["Cs"], exclude_characters="/\\:\0"), min_size=1, max_size=20
        ).filter(lambda name: name not in (".", "..")),
        st.binary(max_size=50),
        max_size=5,
    )
)
def test_what_python_packs_is_read(files):
    assert read(zip_of(files)) == {(name,): content for name, content in files.items()}


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(["..", ".", "", "a", "b c", "C:", "/", "\\", "ü", "\u202e", "x" * 300]), min_size=1
    ).filter(any)
)
def test_any_name_gives_a_path_that_stays_inside_or_is_refused(pieces):
    name = "/".join(pieces)
    with Archive(zip_of({name: b"1"})) as archive:
        for member in archive.members():
            assert not {"", ".", ".."} & set(member.parts) or member.parts == ("",)
            up = name.replace("\\", "/").split("/")
            if ".." in up or name[:1] in ("/", "\\") or name[1:2] == ":":
                with pytest.raises(ArchiveError, match="leads outside"):
                    archive.read(member)
            else:
                assert archive.read(member) == b"1"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_zip_is_read_or_refused(data):
    content = bytearray(zip_of({"a.ipynb": b"abc" * 50, "b/c.ipynb": b"d"}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(content))
    except ArchiveError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"%PDF", zip_of({"a": b"1"})[:-10], b"PK\x05\x06"],
    ids=["nothing", "two letters", "a pdf", "cut off", "an end alone"],
)
def test_what_is_no_zip_is_said(content):
    assert refused(content) == "The zip is damaged, or is no zip."


def test_a_wrong_checksum_is_damage():
    assert (
        refused(patched(zip_of({"a": b"hello"}, zipfile.ZIP_STORED), b"hello", b"hallo"))
        == "The zip is damaged."
    )


def test_a_bomb_is_not_unpacked():
    content = zip_of({"a.ipynb": b"\0" * 9_000_000})
    tracemalloc.start()
    assert refused(content) == "It swells when unpacked as only a zip bomb does."
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_a_size_that_lies_does_not_make_room():
    content = zip_of({"a": b"ab" * 400_000})
    lies = content.replace(struct.pack("<I", 800_000), struct.pack("<I", 1_000))
    assert refused(lies) == "The zip is damaged."


def test_what_is_larger_than_the_limit_is_refused_by_its_header():
    assert (
        refused(zip_of({"a": bytes(range(256)) * 8_000}, zipfile.ZIP_STORED), 2_000_000)
        == "It is larger than 2 MB."
    )


def test_text_that_shrinks_well_is_no_bomb():
    text = b"".join(b"epoch %d loss %d\n" % (i, i * i) for i in range(100_000))
    assert read(zip_of({"a": text}), 10_000_000) == {("a",): text}


def test_a_link_is_refused():
    info = zipfile.ZipInfo("a.ipynb")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert refused(buffer.getvalue()) == "It is a link in the zip, and links are not followed."


def test_an_encrypted_member_is_refused():
    content = bytearray(zip_of({"a": b"1"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(content)) == "The zip is encrypted."


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_are_refused(method):
    assert refused(zip_of({"a": b"1"}, method)) == "The zip is packed by another method than deflate."


def test_too_many_files_are_refused_before_they_are_listed():
    entry = b"PK\x01\x02" + b"\0" * 42
    content = entry * (MOST_MEMBERS + 1) + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, 46, 0, 0)
    assert refused(content) == "The zip holds more than 20,000 files."


def test_a_zip_in_memory_has_a_limit():
    assert refused(b"P" * 50_000_001) == "The zip is larger than 50 MB."


class TestNames:
    def test_windows_separators_are_separators(self):
        assert read(patched(zip_of({"a/b/c": b"1"}), b"a/b/c", b"a\\b\\c")) == {("a", "b", "c"): b"1"}

    def test_of_two_with_one_name_the_last_counts(self):
        with pytest.warns(UserWarning, match="Duplicate"):
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as archive:
                archive.writestr("a", "first")
                archive.writestr("a", "last")
        assert read(buffer.getvalue()) == {("a",): b"last"}

    @pytest.mark.parametrize("name", ["Ünal.ipynb", "سارة.ipynb", "李明.ipynb"])
    def test_utf_8_that_does_not_say_so(self, name):
        """As a Mac's Finder packs."""
        content = bytearray(zip_of({name: b"1"}))
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            content[content.index(signature) + offset + 1] &= ~0x08
        assert read(bytes(content)) == {(name,): b"1"}

    def test_names_of_old_programs_are_cp437(self):
        assert read(patched(zip_of({"X.ipynb": b"1"}), b"X.ipynb", b"\x9a.ipynb")) == {("Ü.ipynb",): b"1"}

    def test_names_that_claim_utf_8_and_are_not(self):
        content = patched(zip_of({"ä.ipynb": b"1"}), "ä".encode(), b"\xff\xff")
        assert refused(content) == "The zip is damaged, or is no zip."

    def test_folders_are_no_files(self):
        assert read(zip_of({"a/": b"", "a/b": b"1"})) == {("a", "b"): b"1"}
