"""What a notebook shows: plain text and a piece of HTML."""

import html.parser

from IPython.core.formatters import DisplayFormatter

from s2s_course.exercises.engine.result import Result

RESULT = Result(
    "4.1",
    "Loss",
    "failed",
    "Use `a < b` & <b>not</b> `c`.",
    details="x = [1,\n     2]",
    printed="<script>",
    hints=("Think of `dim=-1`.",),
    next_step="Go on.",
    effort="2 points.",
    note="Not kept.",
)


def test_the_text_holds_everything_in_reading_order():
    assert repr(RESULT) == (
        "Exercise 4.1, Loss: not right yet.\n\n2 points.\n\nUse `a < b` & <b>not</b> `c`.\n\n"
        "    x = [1,\n         2]\n\nYour function printed:\n\n    <script>\n\n"
        "Hint 1: Think of `dim=-1`.\n\nGo on.\n\nNot kept."
    )


def test_a_notebook_gets_both_forms():
    data, _ = DisplayFormatter().format(RESULT)
    assert data["text/plain"] == repr(RESULT) and data["text/html"] == RESULT._repr_html_()


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.tags, self.styles = [], "", [], []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.tags.append(tag)
        self.styles.append(dict(attributes).get("style") or "")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_html_is_well_formed_escaped_and_says_the_same():
    reader = Reader()
    reader.feed(RESULT._repr_html_())
    assert not reader.open and set(reader.tags) == {"div", "p", "strong", "pre", "code"}
    plain = repr(RESULT).replace("`", "").replace("    x", "x").replace("         2", "     2")
    assert "".join(reader.text.split()) == "".join(plain.split())
    assert reader.tags.count("code") == 3


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_text_takes_the_color_of_the_page_and_the_edge_is_seen_in_light_and_dark():
    for status in ("passed", "unattempted", "failed"):
        reader = Reader()
        reader.feed(Result("1.1", "T", status, "m", details="d")._repr_html_())
        declared = [part.strip() for style in reader.styles for part in style.split(";")]
        assert "color: inherit" in declared and not any(
            part.startswith("background:  #") for part in declared
        )
        [edge] = [part.split()[-1] for part in declared if part.startswith("border-left")]
        for page in ("#ffffff", "#14181e"):
            low, high = sorted((luminance(edge), luminance(page)))
            assert (high + 0.05) / (low + 0.05) >= 3
