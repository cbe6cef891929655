"""Measure what each project reaches with our functions, and with wrong ones: minutes on two cores.

``python -m s2s_course.exercises.projects.measure [NUMBER…]`` writes measured.json, which the pages show.
"""

import json
import sys
import time
from dataclasses import replace

import torch

from s2s_course.atomic import write_atomically
from s2s_course.data.grammar import grammar_corpus
from s2s_course.exercises.projects.project import Parts
from s2s_course.exercises.projects.run import MEASURED, PROJECTS, train


def measure(number: int) -> dict[str, float]:
    """BLEU after all steps with our functions (``ours``) and with the wrong ones.

    ``seconds`` are those that a core worked for the first of the two, whatever else the machine did.
    """
    project = PROJECTS[number]
    corpus = grammar_corpus(max_length=project.scale.max_length)
    project = replace(project, scale=replace(project.scale, minutes=60.0))
    start = time.process_time()
    ours = train(project, Parts(project.pieces, {}), corpus)
    seconds = time.process_time() - start
    wrong = train(project, Parts(project.pieces, project.wrong), corpus)
    return {"ours": round(ours.bleu, 1), "wrong": round(wrong.bleu, 1), "seconds": round(seconds)}


def main(arguments: list[str]) -> None:
    torch.set_num_threads(1)  # as in the chapters
    measured = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    for number in map(int, arguments or PROJECTS):
        measured[str(number)] = measure(number)
        print(f"project {number}: {measured[str(number)]}", flush=True)
        write_atomically(MEASURED, (json.dumps(measured, indent=1, sort_keys=True) + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1:])
