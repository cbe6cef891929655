"""Every form in which an instructor may have submissions, and what is wrong with those of single students."""

import os
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from grading.handed_in import notebook, zip_of
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s_course.grading.collect import collect
from s2s_course.grading.keys import keys_of
from s2s_course.grading.submission import Submission

ONE, TWO = notebook("x = 1"), notebook("x = 2")
METADATA = """---
submission_77:
  :submitters:
  - :name: Jane Doe
    :sid: '12'
    :email: jane@example.org
  - :name: "Ren\\xE9 \\"R\\""
    :sid:
  :created_at: 2024-05-21 14:32:28.617441000 Z
  :tags:
  - :name: Mallory
  :results:
    :output: |
      submission_78:
        :submitters:
        - :name: Mallory
    :name: Mallory
submission_78:
  :submitters:
  - :name: 'O''Hara'
  :created_at: 2024-05-22 01:02:03.000000000 +02:00
"""


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(folder: Path, files: dict[str, bytes], name: str = "submissions.zip") -> Path:
    path = folder / name
    path.write_bytes(zip_of(files))
    return path


def by_student(path: Path) -> dict[str, list[tuple[str, bytes]] | str]:
    found = collect(path)
    assert len({submission.key for submission in found}) == len(found)
    assert all(re.fullmatch(r"[a-z0-9-]{1,80}", submission.key) for submission in found)
    assert len({submission.student for submission in found}) == len(found)
    return {s.student: s.problem or list(s.notebooks) for s in found}


class TestPlainFiles:
    FILES: ClassVar = {
        "ada.ipynb": ONE,
        "bob/hw.ipynb": TWO,
        "bob/deep/er/hw2.ipynb": ONE,
        "cleo.zip": zip_of({"work/a.ipynb": ONE, "work/b.ipynb": TWO}),
        "dan/hw.zip": zip_of({"hw.ipynb": ONE}),
        "names.csv": b"",
        ".DS_Store": b"",
        "ada/.ipynb_checkpoints/x-checkpoint.ipynb": TWO,
        "bob/__MACOSX/hw.ipynb": b"\0",
        "eve/essay.pdf": b"",
    }
    EXPECTED: ClassVar = {
        "ada": [("ada.ipynb", ONE)],
        "bob": [("deep/er/hw2.ipynb", ONE), ("hw.ipynb", TWO)],
        "cleo": [("work/a.ipynb", ONE), ("work/b.ipynb", TWO)],
        "dan": [("hw.ipynb", ONE)],
        "eve": "No notebook (.ipynb) was handed in: there is only essay.pdf.",
    }

    def test_in_a_folder(self, tmp_path):
        files = {name: content for name, content in self.FILES.items() if not name.startswith("ada/")}
        assert by_student(laid_out(tmp_path, files)) == self.EXPECTED

    @pytest.mark.parametrize("wrapper", ["", "hw5/", "download/hw5/"])
    def test_in_a_zip_with_folders_around_it(self, tmp_path, wrapper):
        files = {wrapper + name: content for name, content in self.FILES.items()}
        assert by_student(zipped(tmp_path, files)) == self.EXPECTED

    def test_in_a_zip_that_lies_alone_in_a_folder(self, tmp_path):
        zipped(tmp_path, {"hw5/ada.ipynb": ONE, "hw5/bob.ipynb": TWO})
        assert set(by_student(tmp_path)) == {"ada", "bob"}

    def test_one_notebook_alone(self, tmp_path):
        laid_out(tmp_path, {"ada.ipynb": ONE, "bob.ipynb": TWO})
        assert by_student(tmp_path / "ada.ipynb") == {"ada": [("ada.ipynb", ONE)]}

    def test_endings_that_browsers_add(self, tmp_path):
        laid_out(tmp_path, {"ada.ipynb.txt": ONE, "bob.ipynb.json": ONE, "cleo.IPYNB": ONE})
        assert set(by_student(tmp_path)) == {"ada", "bob", "cleo"}

    def test_an_empty_folder_of_a_student_is_a_student_who_handed_in_nothing(self, tmp_path):
        (tmp_path / "ada").mkdir()
        laid_out(tmp_path, {"bob/x.ipynb": ONE})
        assert by_student(tmp_path)["ada"] == "No notebook (.ipynb) was handed in."

    def test_no_submissions_are_none(self, tmp_path):
        assert collect(tmp_path) == ()

    @pytest.mark.parametrize("name", ["missing", "a.pdf", "missing.zip"])
    def test_what_is_no_folder_notebook_or_zip_is_refused(self, tmp_path, name):
        (tmp_path / "a.pdf").write_bytes(b"")
        with pytest.raises(ValueError, match=r"submissions must be a folder, a notebook .* got '"):
            collect(tmp_path / name)

    def test_a_damaged_export_is_refused(self, tmp_path):
        (tmp_path / "x.zip").write_bytes(b"PK")
        with pytest.raises(ValueError, match=r"x\.zip: The zip is damaged, or is no zip\."):
            collect(tmp_path / "x.zip")


class TestCanvas:
    FILES: ClassVar = {
        "doejane_LATE_12345_678901_hw.ipynb": ONE,
        "doejane_LATE_12345_678950_hw-1.ipynb": TWO,
        "roe2x3_4_10_other_1_2_3.ipynb": ONE,
        "لينا_5_11_hw.ipynb": ONE,
        "anon_Xy1z2_12_hw.ipynb": ONE,
        "anon_LATE_Xy1z3_12_hw.ipynb": ONE,
        "anon_Xy1z4_LATE_12_hw.ipynb": ONE,
        "late_7_13_hw.zip": zip_of({"a.ipynb": ONE}),
        "smith_8_15_b.ipynb": ONE,
        "smith_8_14_a.ipynb": TWO,
        "text_9_16_text.html": b"",
    }

    @pytest.fixture(params=["zip", "folder", "folder with the zip", "folder in a folder"])
    def path(self, request, tmp_path):
        if request.param == "zip":
            return zipped(tmp_path, self.FILES)
        if request.param == "folder with the zip":
            laid_out(tmp_path, {"ada.ipynb": ONE})
            zipped(tmp_path, self.FILES)
            return tmp_path
        laid_out(tmp_path / "submissions", self.FILES)
        return tmp_path if request.param == "folder in a folder" else tmp_path / "submissions"

    def test_names_say_who_and_whether_late(self, path):
        found = {(s.student, s.lms_id): s for s in collect(path) if s.student != "ada"}
        assert {key: s.late for key, s in found.items()} == {
            ("doejane", "12345"): True,
            ("roe2x3", "4"): False,
            ("لينا", "5"): False,
            ("anon_Xy1z2", "Xy1z2"): False,
            ("anon_Xy1z3", "Xy1z3"): True,
            ("anon_Xy1z4", "Xy1z4"): True,
            ("late", "7"): False,
            ("smith", "8"): False,
            ("text", "9"): False,
        }
        assert found["doejane", "12345"].notebooks == (("hw-1.ipynb", TWO),)
        assert found["roe2x3", "4"].notebooks == (("other_1_2_3.ipynb", ONE),)
        assert found["late", "7"].notebooks == (("a.ipynb", ONE),)
        assert found["smith", "8"].notebooks == (("a.ipynb", TWO), ("b.ipynb", ONE))
        assert found["text", "9"].problem == "No notebook (.ipynb) was handed in: there is only text.html."

    def test_two_of_one_name_are_two(self, tmp_path):
        found = collect(zipped(tmp_path, {"doe_1_5_hw.ipynb": ONE, "doe_2_6_hw.ipynb": TWO}))
        assert [(s.student, s.lms_id, s.key, s.notebooks[0][1]) for s in found] == [
            ("doe", "1", "doe-1", ONE),
            ("doe", "2", "doe-2", TWO),
        ]

    def test_the_last_export_counts_for_who_is_in_several(self, tmp_path):
        zipped(tmp_path, {"doe_1_5_hw.ipynb": ONE}, "monday.zip")
        zipped(tmp_path, {"doe_1_9_hw.ipynb": TWO, "roe_2_7_hw.ipynb": ONE}, "after.zip")
        assert by_student(tmp_path) == {"doe": [("hw.ipynb", TWO)], "roe": [("hw.ipynb", ONE)]}

    @pytest.mark.parametrize(
        ("names", "kept"),
        [
            (["hw.ipynb", "hw-1.ipynb", "hw-2.ipynb", "hw-10.ipynb"], ["hw-10.ipynb"]),
            (["hw-1.ipynb", "hw.ipynb"], ["hw.ipynb"]),
            (["hw.ipynb", "hw (1).ipynb"], ["hw (1).ipynb"]),
            (["part-1.ipynb", "part-2.ipynb"], ["part-1.ipynb", "part-2.ipynb"]),
            (["05-a.ipynb", "06-b.ipynb"], ["05-a.ipynb", "06-b.ipynb"]),
        ],
    )
    def test_what_is_handed_in_again_counts_alone(self, tmp_path, names, kept):
        files = {f"doe_1_{i}_{name}": name.encode() for i, name in enumerate(names, 10)}
        assert by_student(zipped(tmp_path, files)) == {"doe": [(name, name.encode()) for name in kept]}

    def test_elsewhere_the_numbers_say_which_is_the_last(self, tmp_path):
        names = ["hw.ipynb", "hw-10.ipynb", "hw-2.ipynb", "a/hw-1.ipynb"]
        found = by_student(laid_out(tmp_path, {f"doe/{name}": name.encode() for name in names}))
        assert found == {"doe": [(name, name.encode()) for name in ("a/hw-1.ipynb", "hw-10.ipynb")]}

    def test_one_file_that_looks_so_among_others_is_a_plain_one(self, tmp_path):
        laid_out(tmp_path, {"ada.ipynb": ONE, "bob.ipynb": ONE, "hw_5_1_final.ipynb": ONE})
        assert set(by_student(tmp_path)) == {"ada", "bob", "hw_5_1_final"}


class TestMoodle:
    @pytest.mark.parametrize("packed", [True, False])
    @pytest.mark.parametrize("separator", ["_/", "/", "_"])
    def test_names_say_who(self, tmp_path, separator, packed):
        files = {
            f"Jane Doe_123456_assignsubmission_file{separator}hw.ipynb": ONE,
            f"Jane Doe_123457_assignsubmission_file{separator}hw.ipynb": TWO,
            f"李 明_123458_assignsubmission_file{separator}a_1_assignsubmission_file_hw.ipynb": ONE,
            f"Participant 9_9_assignsubmission_file{separator}hw.zip": zip_of({"a.ipynb": ONE}),
            f"Jane Doe_123456_assignsubmission_onlinetext{separator}onlinetext.html": b"",
            f"Only Text_5_assignsubmission_onlinetext{separator}onlinetext.html": b"",
        }
        found = collect(zipped(tmp_path, files) if packed else laid_out(tmp_path, files))
        assert [(s.student, s.lms_id, s.late, s.problem or s.notebooks) for s in found] == [
            ("Jane Doe", "123456", None, (("hw.ipynb", ONE),)),
            ("Jane Doe", "123457", None, (("hw.ipynb", TWO),)),
            ("Only Text", "5", None, "No notebook (.ipynb) was handed in: there is only onlinetext.html."),
            ("Participant 9", "9", None, (("a.ipynb", ONE),)),
            ("李 明", "123458", None, (("a_1_assignsubmission_file_hw.ipynb", ONE),)),
        ]
        assert [s.key for s in found] == [
            "jane-doe-123456", "jane-doe-123457", "only-text-5", "participant-9-9", "student-123458"
        ]  # fmt: skip

    def test_an_export_of_one_student(self, tmp_path):
        path = zipped(tmp_path, {"Jane Doe_1_assignsubmission_file_/answers/hw.ipynb": ONE})
        assert by_student(path) == {"Jane Doe": [("answers/hw.ipynb", ONE)]}


class TestGradescope:
    @pytest.mark.parametrize("packed", [True, False])
    def test_the_list_says_who_and_when(self, tmp_path, packed):
        root = "assignment_5_export/"
        files = {
            f"{root}submission_metadata.yml": METADATA.encode(),
            f"{root}submission_77/hw.ipynb": ONE,
            f"{root}submission_78/a/hw.ipynb": TWO,
            f"{root}submission_78/submission_metadata.yml": METADATA.replace("O''Hara", "Mallory").encode(),
            f"{root}submission_79/hw.ipynb": ONE,
        }
        found = collect(zipped(tmp_path, files) if packed else laid_out(tmp_path, files))
        assert [(s.student, s.lms_id, s.submitted) for s in found] == [
            ("Jane Doe", "77", datetime(2024, 5, 21, 14, 32, 28, tzinfo=UTC)),
            ("O'Hara", "78", datetime(2024, 5, 21, 23, 2, 3, tzinfo=UTC)),
            ('René "R"', "77", datetime(2024, 5, 21, 14, 32, 28, tzinfo=UTC)),
            ("submission_79", "79", None),
        ]
        assert found[0].notebooks == found[2].notebooks == (("hw.ipynb", ONE),)


class TestNobodyActsForAnother:
    """What a student may name decides nothing about whose it is."""

    @pytest.mark.parametrize(
        "name",
        [
            "bob_1_2_hw.ipynb",
            "bob_1_assignsubmission_file_/hw.ipynb",
            "submission_1/hw.ipynb",
            "bob/hw.ipynb",
            "../bob/hw.ipynb",
        ],
    )
    def test_in_a_folder_or_zip_of_their_own(self, tmp_path, name):
        files = {"bob/hw.ipynb": ONE, "mallory/x.zip": zip_of({name: TWO})}
        if not name.startswith(".."):
            files[f"mallory/{name}"] = TWO
        assert by_student(laid_out(tmp_path, files))["bob"] == [("hw.ipynb", ONE)]
        assert set(by_student(tmp_path)) == {"bob", "mallory"}

    @pytest.mark.parametrize("packed", [True, False])
    def test_in_a_zip_that_looks_like_an_export(self, tmp_path, packed):
        files = {"bob_1_2_hw.ipynb": ONE, "mallory_3_4_hw.zip": zip_of({"bob_1_9_hw.ipynb": TWO})}
        found = by_student(zipped(tmp_path, files) if packed else laid_out(tmp_path, files))
        assert found == {"bob": [("hw.ipynb", ONE)], "mallory": [("bob_1_9_hw.ipynb", TWO)]}

    def test_in_what_canvas_adds_to_a_name(self, tmp_path):
        files = {"bob_1_2_hw.ipynb": ONE, "mallory_3_4_bob_1_9_hw.ipynb": TWO}
        assert by_student(zipped(tmp_path, files))["bob"] == [("hw.ipynb", ONE)]


class TestHostileFiles:
    """Each is a sentence for one student, and Ada beside them is read."""

    def problem(self, path: Path) -> str:
        found = by_student(path)
        assert found.pop("ada") == [("hw.ipynb", ONE)]
        [problem] = found.values()
        assert isinstance(problem, str)
        return problem

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"no zip", "work.zip: The zip is damaged, or is no zip."),
            (
                zip_of({"a.ipynb": b"\0" * 9_000_000}),
                "a.ipynb: It swells when unpacked as only a zip bomb does.",
            ),
            (zip_of({"../a.ipynb": ONE}), "a.ipynb: Its name in the zip leads outside the zip's folder."),
            (zip_of({"/etc/a.ipynb": ONE}), "Its name in the zip leads outside the zip's folder."),
            (zip_of({"a.zip": zip_of({"b.ipynb": ONE})}), "It holds another zip, which is not opened"),
            (zip_of({"a.txt": b""}), "No notebook (.ipynb) was handed in: there is only work.zip."),
            (
                zip_of({f"{i}.ipynb": os.urandom(4_000_000) for i in range(6)}, 0),
                "It swells to more than notebooks need.",
            ),
        ],
        ids=["damaged", "bomb", "up", "root", "nested", "empty", "many"],
    )
    def test_a_students_own_zip(self, tmp_path, content, says):
        laid_out(tmp_path, {"ada/hw.ipynb": ONE, "mallory/work.zip": content})
        assert says in self.problem(tmp_path)

    def test_a_notebook_of_50_mb_is_not_read(self, tmp_path):
        laid_out(tmp_path, {"ada/hw.ipynb": ONE, "mallory/hw.ipynb": b""})
        os.truncate(tmp_path / "mallory/hw.ipynb", 50_000_000)
        assert self.problem(tmp_path) == "hw.ipynb: It is larger than 10 MB."

    def test_notebooks_that_are_too_large_together(self, tmp_path):
        laid_out(tmp_path, {"ada/hw.ipynb": ONE} | {f"mallory/{i}.ipynb": b" " * 9_000_000 for i in range(3)})
        assert self.problem(tmp_path) == "The notebooks have more than 20 MB in all."

    def test_links_are_not_followed(self, tmp_path):
        secret = laid_out(tmp_path / "elsewhere", {"secret.ipynb": TWO, "more/secret.ipynb": TWO})
        folder = laid_out(tmp_path / "class", {"ada/hw.ipynb": ONE, "mallory/x.txt": b""})
        (folder / "mallory/hw.ipynb").symlink_to(secret / "secret.ipynb")
        (folder / "mallory/more").symlink_to(secret / "more")
        assert self.problem(folder) == "hw.ipynb: It is a link, and links are not followed."

    def test_a_folder_that_is_a_link_is_not_followed(self, tmp_path):
        secret = laid_out(tmp_path / "elsewhere", {"secret.ipynb": TWO})
        folder = laid_out(tmp_path / "class", {"ada/hw.ipynb": ONE})
        (folder / "mallory").symlink_to(secret)
        assert by_student(folder) == {"ada": [("hw.ipynb", ONE)]}

    def test_an_export_that_is_a_link_is_not_followed(self, tmp_path):
        zipped(tmp_path, {"bob_1_2_hw.ipynb": TWO})
        folder = laid_out(tmp_path / "class", {"ada/hw.ipynb": ONE})
        (folder / "x.zip").symlink_to(tmp_path / "submissions.zip")
        assert self.problem(folder) == "x.zip: It is a link, and links are not followed."

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe in a folder, which Windows does not have")
    def test_a_pipe_is_not_waited_for(self, tmp_path):
        laid_out(tmp_path, {"ada/hw.ipynb": ONE, "mallory/x.txt": b""})
        os.mkfifo(tmp_path / "mallory/hw.ipynb")
        assert self.problem(tmp_path) == "hw.ipynb: It is no plain file."

    def test_members_of_an_export(self, tmp_path):
        path = zipped(tmp_path, {"ada/hw.ipynb": ONE, "mallory/../../hw.ipynb": TWO})
        assert self.problem(path) == "hw.ipynb: Its name in the zip leads outside the zip's folder."


NAMES = [
    "سارة", "李明", "Ünal Öz", "=1+1", "+A1", "@x", "<script>alert(1)<", "x" * 250, "a\u202eb",
    "a\x07b", "a\nb", "con", "CON", "nul", "Ada", "ada", "a.b", "-", "--help", "'; drop", "🐍",
    "e\u0301", "name with  blanks",
]  # fmt: skip


def test_names_of_any_kind_are_kept_and_get_keys_of_their_own(tmp_path):
    files = {f"{name}/hw.ipynb": ONE for name in NAMES if len(name.encode()) < 255}
    found = by_student(laid_out(tmp_path, files))
    assert set(found) == {unicodedata.normalize("NFC", name) for name in NAMES}
    keys = {s.student: s.key for s in collect(tmp_path)}
    assert keys["ada"] == "ada"
    assert not {"con", "nul"} & set(keys.values())
    assert zipped(tmp_path, files).exists()
    assert set(by_student(tmp_path / "submissions.zip")) == set(found)


@pytest.mark.skipif(
    os.name == "nt" or os.uname().sysname == "Darwin", reason="names of bytes, as on Linux only"
)
def test_a_name_that_is_no_text_can_be_written_all_the_same(tmp_path):
    (tmp_path / os.fsdecode(b"\xff\xfe.ipynb")).write_bytes(ONE)
    [submission] = collect(tmp_path)
    assert submission.student == "��"
    assert submission.notebooks[0][1] == ONE


def test_the_order_of_the_files_does_not_matter(tmp_path):
    files = {f"doe_{i}_{100 - i}_hw.ipynb": ONE for i in range(5)} | {"doe_1_200_hw.ipynb": TWO}
    zipped(tmp_path, files, "a.zip")
    zipped(tmp_path, dict(reversed(files.items())), "b.zip")
    assert collect(tmp_path / "a.zip") == collect(tmp_path / "b.zip")


@settings(max_examples=300)
@given(st.lists(st.tuples(st.text(max_size=30), st.none() | st.text(max_size=8)), max_size=8))
def test_keys_are_unique_and_safe(students):
    keys = keys_of(students)
    assert len(set(keys)) == len(students)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,80}", key) for key in keys)


@given(st.lists(st.text(max_size=10), unique=True, min_size=1, max_size=8), st.data())
def test_a_key_stays_when_others_join(students, data):
    some = data.draw(st.lists(st.sampled_from(students), unique=True))
    every = dict(zip(students, keys_of((s, None) for s in students), strict=True))
    assert keys_of((s, None) for s in some) == [every[s] for s in some]


def test_the_digest_is_of_what_was_handed_in(tmp_path):
    laid_out(tmp_path, {"a/hw.ipynb": ONE, "b/hw.ipynb": ONE, "c/hw.ipynb": TWO, "d/HW.ipynb": ONE})
    a, b, c, d = (submission.digest for submission in collect(tmp_path))
    assert a == b
    assert len({a, c, d}) == 3
    assert re.fullmatch("[0-9a-f]{64}", a)


def test_no_two_submissions_run_together_in_a_digest():
    one, other = (
        Submission("a", "a", None, (named,), None, None, None) for named in (("ab", b"c"), ("a", b"bc"))
    )
    assert one.digest != other.digest
