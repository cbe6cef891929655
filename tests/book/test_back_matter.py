"""The review sheet and the interview questions: complete, linked, no number typed that was measured."""

import math
import re
from collections import Counter
from dataclasses import dataclass

import pytest
import torch

from s2s_course.chapters import ROOT, chapter_paths
from s2s_course.claims import ledger
from s2s_course.claims.registry import CLAIMS, find_claim
from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.sphinx_ext.chapter_facts import read_chapters

BOOK = ROOT / "book"
PAGES = {name: (BOOK / f"{name}.md").read_text("utf-8") for name in ("review-sheet", "interview-questions")}
SHEET, INTERVIEW = PAGES.values()
MEASURED = re.compile(r"\{measured\}`([^`]+)`")
VERDICT = re.compile(r"\{verdict\}`([^`]+)`")
CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LONG = re.compile(r"^:::\{dropdown\} The long answer\n(.*?)^:::$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Question:
    anchor: str
    title: str
    short: str
    long: str
    backing: str


def questions() -> list[Question]:
    found = []
    for part in re.split(r"^(?=\(q-)", INTERVIEW, flags=re.MULTILINE)[1:]:
        part = re.split(r"^## ", part, flags=re.MULTILINE)[0]
        head, body = re.fullmatch(r"\((q-[a-z0-9-]+)\)=\n### (.*?)\n(.*)", part, re.DOTALL).group(1, 2), part
        short, long, backing = LONG.split(body.split("\n", 2)[2])
        found.append(Question(*head, short.strip(), long, backing.strip()))
    return found


QUESTIONS = questions()
each_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.anchor)
each_page = pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)


def question(anchor: str) -> Question:
    [one] = [question for question in QUESTIONS if question.anchor == anchor]
    return one


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


class TestReviewSheet:
    @pytest.mark.parametrize("claim_id", CLAIMS)
    def test_it_has_every_claim_with_a_number_and_its_verdict(self, claim_id):
        assert claim_id in VERDICT.findall(SHEET)
        assert claim_id in {text.split(":")[0] for text in MEASURED.findall(SHEET)}

    def test_each_step_leads_to_its_chapter(self):
        """And has its number and its name."""
        facts = list(read_chapters(ROOT).values())[1:]  # the steps begin with the second chapter
        steps = [title for title in sections(SHEET) if re.match(r"\d", title)]
        assert steps == [f"{one.number}. {one.title}" for one in facts]
        for number, title in enumerate(steps, start=2):
            link = rf"\[chapter {number}\]\({number:02d}-\S+\.ipynb\)"
            assert re.search(link, sections(SHEET)[title]), title
        assert len(steps) == len(chapter_paths()) - 1  # they begin with the second chapter

    def test_the_table_of_six_models_has_the_same_numbers_for_each(self):
        rows = [MEASURED.findall(line) for line in SHEET.splitlines() if line.startswith("|")]
        stems = [
            {
                re.sub(r"six-models(-time)?:(rnn|lstm|gru|bahdanau|luong_scaled_dot|transformer)_", "", text)
                for text in row
            }
            for row in rows
            if row
        ]
        assert len(stems) == 6 and all(stem == stems[0] for stem in stems) and len(stems[0]) == 5


class TestInterviewQuestions:
    def test_none_was_overlooked_and_none_stands_twice(self):
        assert len(QUESTIONS) == INTERVIEW.count("\n### ") > 0
        assert max(Counter(question.anchor for question in QUESTIONS).values()) == 1
        assert max(Counter(question.title for question in QUESTIONS).values()) == 1

    @each_question
    def test_it_is_backed_by_a_chapter_and_a_claim_an_exercise_or_code_that_runs(self, question):
        assert question.backing.startswith("**Backed by** [chapter ")
        assert (
            VERDICT.search(question.backing) or "exercise" in question.backing or CODE.search(question.long)
        )

    @each_question
    def test_its_exercises_exist_and_are_of_a_chapter_that_can_be_opened(self, question):
        ids = {exercise.id for exercise in all_exercises()}
        assert set(re.findall(r"\b\d+\.\d\b", VERDICT.sub("", question.backing))) <= ids

    @each_question
    def test_a_claim_whose_number_it_gives_is_named_with_its_verdict(self, question):
        """So nobody reads a number without the way to its conditions."""
        used = {text.split(":")[0] for text in MEASURED.findall(question.short + question.long)}
        linked = set(VERDICT.findall(INTERVIEW))
        assert used <= linked
        assert not used or VERDICT.search(question.backing)

    def test_every_claim_that_was_contradicted_stands_in_one_of_two_tables(self):
        said, expected = (
            sections(INTERVIEW)[f"{how}, and contradicted here"] for how in ("Often said", "Expected")
        )
        measured = {claim_id: ledger.stored(claim_id) for claim_id in CLAIMS}
        contradicted = {
            claim_id for claim_id, one in measured.items() if one and one.verdict == "contradicted"
        }
        assert sorted(VERDICT.findall(said + expected)) == sorted(contradicted)

    def test_what_is_often_said_names_a_place_where_it_can_be_read(self):
        rows = [line for line in sections(INTERVIEW)["Often said, and contradicted here"].splitlines()
                if "{verdict}" in line]  # fmt: skip
        assert rows and all("{cite:t}" in row.split("|")[2] for row in rows)

    @pytest.mark.parametrize("code", CODE.findall(INTERVIEW))
    def test_its_code_runs_and_checks_itself(self, code):
        assert "assert " in code
        exec(compile(code, "interview-questions.md", "exec"), {"__name__": "page"})


@each_page
class TestBothPages:
    def test_every_measured_number_exists(self, text):
        for role in MEASURED.findall(text):
            claim_id, name, spec = (*role.split(":", 2), ".1f")[:3]
            result = ledger.stored(find_claim(claim_id).id)
            assert result is not None, f"{claim_id} has not been measured"
            assert name in result.values, role
            assert re.fullmatch(r"[\d,.]+f", format(1.0, spec) + "f") and spec.endswith("f"), role

    def test_every_verdict_is_of_a_claim(self, text):
        assert set(VERDICT.findall(text)) <= set(CLAIMS)

    def test_no_score_of_ours_is_typed(self, text):
        for paragraph in re.split(r"\n\n", CODE.sub("", text)):
            if "{cite" not in paragraph:
                assert not re.search(r"\d+\.\d+ (BLEU|%|ms|nats|µs)|BLEU \d", MEASURED.sub("", paragraph))

    def test_no_line_is_a_comment_or_a_list_by_mistake(self, text):
        """A line that begins with % is a comment in MyST: whatever it says is not on the page."""
        assert not re.search(r"^ *(%|\+ |\d+[.)] )", text, re.MULTILINE)

    def test_every_link_leads_to_a_page_of_the_book_or_an_anchor_of_this_one(self, text):
        for target in re.findall(r"\]\(([^)]+)\)", text):
            if target.startswith("#"):
                assert f"({target[1:]})=" in text
            else:
                assert (BOOK / target).is_file(), target

    def test_every_citation_is_in_the_bibliography(self, text):
        keys = set(re.findall(r"^@\w+\{([^,]+),", (BOOK / "references.bib").read_text("utf-8"), re.MULTILINE))
        cited = {key for role in re.findall(r"\{cite(?::t)?\}`([^`]+)`", text) for key in role.split(",")}
        assert sorted(cited - keys) == []


class TestWorkedNumbers:
    """What stands in the text and was worked out, not measured, is worked out again here."""

    def test_cost_and_memory_of_attention(self):
        text, D, H, T = question("q-complexity").long, 512, 32, 4096
        assert 4 * (2 * D) * D**2 == 2 * (2 * D) ** 2 * D
        assert f"{2 * D:,} tokens" in text
        assert f"= {H * T**2 * 2 // 2**30} GiB" in text

    def test_size_of_the_cache(self):
        answer, layers, heads, head_dim, tokens = question("q-cache-size"), 32, 32, 128, 4096
        size = 2 * layers * tokens * heads * head_dim * 2
        assert heads * head_dim == 4096 and f"{size / 2**30:.0f} GiB" in answer.short
        assert f"{size:,}".replace(",", "{,}") in answer.long
        assert f"{size * 8 // heads // 2**20} MiB" in answer.long
        both = 2 * 6 * (100 + 100) * 512 * 4
        assert f"{both:,} bytes, {both / 2**20:.1f} MiB" in " ".join(answer.long.split())
        assert f"{512 * 4:,} bytes" in answer.long

    def test_the_base_transformer(self):
        text = " ".join(question("q-parameters").long.split())
        sizes = dict(d_model=512, nhead=8, dim_feedforward=2048, device="meta")
        attention = torch.nn.MultiheadAttention(512, 8, device="meta")
        layers = [
            kind(**sizes) for kind in (torch.nn.TransformerEncoderLayer, torch.nn.TransformerDecoderLayer)
        ]
        count = [sum(weight.numel() for weight in part.parameters()) for part in (attention, *layers)]
        shared = 37_000 * 512
        total = 6 * sum(count[1:])
        feed_forward = 2 * 512 * 2048 + 512 + 2048
        for number in (*count, feed_forward, total, shared, 4 * 512):
            assert f"{number:,}" in text
        assert f"{(total + shared) / 1e6:.0f} million" in text

    def test_the_forget_gate_that_begins_with_a_bias(self):
        text = " ".join((question("q-forget-bias").short + question("q-forget-bias").long).split())
        gate = 1 / (1 + math.exp(-1))
        assert f"\\approx {gate:.2f}" in text
        assert f"about {math.log(0.5) / math.log(round(gate, 2)):.1f} for {gate:.2f}" in text

    def test_pairs_that_masks_allow(self):
        text = " ".join(question("q-families").long.split())
        source, both = 5, 8
        causal = torch.ones(both, both).tril()
        prefix = causal.clone()
        prefix[:source, :source] = 1
        assert f"causal mask allows {causal.sum():.0f} pairs, the prefix mask {prefix.sum():.0f}" in text
        assert f"all to all {both**2}." in text

    def test_lengths_of_span_corruption(self):
        text = " ".join(question("q-t5-bart").long.split())
        words, spans, size = 400, 20, 3
        source, target = words - spans * size + spans, spans + spans * size + 1
        assert f"source has {source} tokens and the target {target}" in text

    def test_two_gaps_filled_at_once(self):
        mixtures = [0.5 * 0.5 for first in range(2) for second in range(2) if first != second]
        assert sum(mixtures) == 0.5 and "mixture in half of the draws" in question("q-bert").long
