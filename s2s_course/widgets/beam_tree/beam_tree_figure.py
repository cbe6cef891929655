"""The static figure of BeamTree: every hypothesis of every step, with the numbers of its score."""

from s2s_course.widgets.shared.figure import Cell, StaticFigure, digits, paragraph, table


def figure(widget) -> StaticFigure:
    paths: list[list[int]] = []
    for index, node in enumerate(widget.nodes):
        paths.append([*(paths[node["parent"]] if node["parent"] >= 0 else []), index])
    tables = []
    for step in range(1, widget.num_steps + 1):
        rows = []
        for path in (path for path in paths if len(path) == step):
            node, wins = widget.nodes[path[-1]], path[-1] in paths[widget.winner]
            total = sum(widget.nodes[index]["log_probability"] for index in path)
            score = total / ((5 + step) / 6) ** widget.length_penalty
            words = " ".join(widget.nodes[index]["token"] for index in path)
            numbers = map(digits, (node["log_probability"], total, score))
            rows.append([Cell(words, strong=wins), *numbers, node["fate"]])
        tables.append(
            table(f"Step {step}", ["hypothesis", "log p of its word", "sum", "score", "fate"], rows)
        )
    return StaticFigure(
        widget.title,
        (paragraph(f"Read: {' '.join(widget.src_tokens)}"), *tables),
        f"Beam search with {widget.beam_size} hypotheses. The score is the sum divided by "
        f"((5 + step) / 6)^{widget.length_penalty:g}; an arrow marks the way to the winner.",
    )
