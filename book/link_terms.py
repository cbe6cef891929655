"""Link the first occurrence of glossary terms in each chapter to the glossary.

    python link_terms.py [ROOT]        # rewrites ROOT/book/NN-*.ipynb; ROOT is the current folder by default
    python link_terms.py --check ROOT  # changes nothing, prints what would be linked

Only running text of markdown cells is touched: no headings, tables, code, formulas, links, roles, displayed
equations, and no cell with learning goals, an exercise, a quiz or a summary. Outputs keep their bytes. Links to
the glossary that stand already are removed first, so that a second run changes nothing.
"""

import json
import re
import sys
from pathlib import Path

from sphinx.util.nodes import _make_id

AT_MOST = 15  # links in a chapter
AT_MOST_IN_A_CELL = 4  # half of them of other chapters' terms
EARLIER = 8  # of those, at first, terms that another chapter introduced

# Words that are also everyday words, or everywhere: linked where they are bold, or in a form given below.
IN_BOLD = {
    "alignment", "attention", "batch", "cell", "claim", "context", "decoder", "encoder", "from left to right", "gain", "gate", "head", "key", "lag",
    "memory", "objective", "order-blindness", "position", "profile", "query", "saturation", "score", "sentinel", "token",
    "value", "verdict", "sampling", "labeling", "extrapolation", "Adam",
}  # fmt: skip
FORMS = {
    "alignment": ["word alignments?"],
    "Bahdanau attention": ["Bahdanau's attention"],
    "Luong attention": ["Luong's attention", "Luong's order"],
    "additive attention": ["additive score"],
    "location score": [],
    "dot score": ["dot score"],
    "hypothesis": ["hypotheses"],
    "labeling": ["aligned labell?ing"],
    "memory": [],
    "recurrent network": ["recurrent networks?"],
    "bidirectional network": ["bidirectional"],
    "vanishing gradient": ["vanishing gradients?", r"gradient \*\*vanishes\*\*"],
    "exploding gradient": ["exploding gradients?"],
    "clipping": ["gradient clipping", "clipping"],
    "temperature": ["temperature"],
    "sequence-to-sequence task": ["sequence-to-sequence"],
    "autoregressive": ["autoregressive"],
    "logit": ["logits?"],
    "unrolling": ["unrolled", "unroll"],
    "attention weights": ["attention weights?"],
    "compositional split": [r"compositional"],
    "end of sequence": ["end of sequence"],
    "tokenizer": ["tokenizer"],
    "forget bias": ["forget bias"],
    "truncated backpropagation": ["truncated backpropagation"],
    "signature": ["signature"],
    "Transformer": ["Transformers?"],
    "local attention": ["local attention"],
    "self-attention": ["self-attention"],
}  # fmt: skip

CHAPTER = re.compile(r"\[Chapter (\d+)\]\((\d\d)-[^)]*\)\.\s*$")
GLOSSARY_LINK = re.compile(r"\[([^\]]*)\]\(glossary\.md#[^)]*\)")
# What is no running text. Links and images hide their whole source; emphasis does not.
HIDDEN = re.compile(
    r"""
    ^(?:`{3,}|~{3,}|:{3,}).*?^(?:`{3,}|~{3,}|:{3,})\s*$   # fences
  | ^\$\$.*?\$\$                                          # displayed formulas
  | ^\#{1,6}\ .*?$                                        # headings
  | ^\|.*?$                                               # tables
  | \{[^}\s]+\}`[^`]*`                                    # roles
  | `[^`]+`                                               # code
  | (?<![\\$])\$[^$]+\$                                   # formulas
  | !?\[[^\]]*\]\([^)]*\)                                 # links
  | <[^>\s][^>]*>                                         # html
    """,
    re.X | re.M | re.S,
)


def read_glossary(path):
    """[(terms, chapter number)] of every entry."""
    text = path.read_text(encoding="utf-8")
    entries = []
    for block in re.findall(r"```\{glossary\}\n(.*?)\n```", text, re.S):
        for entry in block.split("\n\n"):
            terms = [line.strip("` ") for line in entry.splitlines() if not line.startswith(" ")]
            entries.append((terms, int(CHAPTER.search(entry)[2])))
    return entries


def patterns(terms):
    """Regular expressions for the ways in which an entry is written in running text."""
    name = terms[0]
    found = [re.compile(rf"(?<=\*\*){re.escape(name)}s?(?=\*\*)", re.I)]
    if name not in IN_BOLD:
        for term in terms:
            if term in IN_BOLD or term.startswith("<") or (term == name and name in FORMS):
                continue
            flags = 0 if any(letter.isupper() for letter in term) else re.I
            plural = "" if term.endswith("s") or not term.islower() else "s?"
            spelled = re.escape(term).replace("–", "[–-]").replace(r"\ ", r"\s+")
            found.append(re.compile(rf"(?<![\w-]){spelled}{plural}(?![\w–-])", flags))
    for form in FORMS.get(name, []):
        found.append(re.compile(rf"(?<![\w-])(?:{form})(?![\w–-])", re.I))
    return found


def anchor(term):
    return _make_id(f"term-{term}")


def is_running_text(number, cell, goals):
    source = "".join(cell["source"])
    if cell["cell_type"] != "markdown" or number == 0:
        return False
    if re.match(r"#+ (Exercise|Quiz|Summary)", source) or any(goal in source for goal in goals):
        return False
    return not source.startswith("**After this chapter")


def first_occurrence(entry, sources):
    """(cell, start, end) of the first place in running text, or None."""
    ways = patterns(entry[0])
    for number, source in sources.items():
        shown = HIDDEN.sub(lambda hidden: "\0" * len(hidden[0]), source)
        hits = [hit.span() for way in ways if (hit := way.search(shown))]
        if hits:  # the longest of those that begin first
            start, end = min(hits, key=lambda span: (span[0], -span[1]))
            return number, start, end
    return None


def choose(found, chapter):
    """Of all occurrences those that are linked: at most so many, none inside another one, no crowd in a cell."""
    longest_first = sorted(found, key=lambda f: (f[1][0], f[1][1], -f[1][2]))
    apart, last = [], None
    for entry, place in longest_first:
        if last is None or place[0] != last[0] or place[1] >= last[2]:
            apart.append((entry, place))
            last = place
    introduced = {id(f): f[0][1] for f in apart}
    earlier = [f for f in apart if introduced[id(f)] < chapter]
    here = [f for f in apart if introduced[id(f)] == chapter]
    later = [f for f in apart if introduced[id(f)] > chapter]
    earlier.sort(key=lambda f: -f[0][1])  # what was introduced long ago has been met often
    chosen, crowd = [], {}
    rest = earlier[EARLIER:]
    special = [f for f in here if f[0][0][0] not in IN_BOLD]
    common = [f for f in here if f[0][0][0] in IN_BOLD]
    for entry, place in [*earlier[:EARLIER], *special, *common, *rest, *later]:
        room = AT_MOST_IN_A_CELL if entry[1] == chapter else AT_MOST_IN_A_CELL // 2
        if len(chosen) < AT_MOST and crowd.get(place[0], 0) < room:
            chosen.append((entry, place))
            crowd[place[0]] = crowd.get(place[0], 0) + 1
    return sorted(chosen, key=lambda f: f[1])


def link_chapter(notebook, chapter, entries, goals):
    """Change the sources of ``notebook``; return [(cell, text, anchor)]."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            source = GLOSSARY_LINK.sub(r"\1", "".join(cell["source"]))
            cell["source"] = source.splitlines(keepends=True)
    sources = {
        number: "".join(cell["source"])
        for number, cell in enumerate(notebook["cells"])
        if is_running_text(number, cell, goals)
    }
    found = [(entry, place) for entry in entries if (place := first_occurrence(entry, sources))]
    links = choose(found, chapter)
    for entry, (number, start, end) in reversed(links):
        source = sources[number]
        text = source[start:end]
        sources[number] = f"{source[:start]}[{text}](glossary.md#{anchor(entry[0][0])}){source[end:]}"
        notebook["cells"][number]["source"] = sources[number].splitlines(keepends=True)
    return [(number, entry[0][0], entry[1]) for entry, (number, _, _) in links]


def main(arguments):
    check = "--check" in arguments
    roots = [argument for argument in arguments if argument != "--check"]
    root = Path(roots[0] if roots else ".")
    sys.path.insert(0, str(root.resolve()))
    from s2s_course.exercises.registry import all_exercises

    goals = [exercise.goal for exercise in all_exercises()]
    entries = read_glossary(root / "book" / "glossary.md")
    for path in sorted((root / "book").glob("[0-9][0-9]-*.ipynb")):
        text = path.read_text(encoding="utf-8")
        notebook = json.loads(text)
        links = link_chapter(notebook, int(path.stem[:2]), entries, goals)
        new = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        if not check and new != text:
            path.write_text(new, encoding="utf-8")
        print(f"{path.name}: {len(links)} links: " + ", ".join(f"{term}@{cell}" for cell, term, _ in links))


if __name__ == "__main__":
    main(sys.argv[1:])
