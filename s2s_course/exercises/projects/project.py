"""What a project is made of: functions that a learner may write, and the model that they become part of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.models.contract import EncoderDecoder
from s2s_course.training.contract import LossOf
from s2s_course.training.schedule import Schedule, WarmUpAndDecay

Function = Callable[..., object]


@dataclass(frozen=True)
class Scale:
    """How large the model is, how long it trains, and the BLEU that it must reach.

    Sentences have at most ``max_length`` English words, and ``width`` is the size of the model's vectors.
    Training ends after ``steps``, or after ``minutes`` on a slow machine; the rate rises for a tenth of the
    steps and then falls to 0.
    """

    max_length: int
    width: int
    steps: int
    minutes: float
    learning_rate: float
    bleu: float

    def schedule(self) -> Schedule:
        return WarmUpAndDecay(self.steps // 10, steps=self.steps, minutes=self.minutes)


@dataclass
class Parts:
    """The functions by name: the learner's where there is one, else ours, the reference of its exercise.

    ``taken`` lists the names that a model has asked for.
    """

    pieces: tuple[Exercise, ...]
    own: Mapping[str, Function]
    taken: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> Function:
        [ours] = [piece.reference for piece in self.pieces if piece.function_name == name]
        if name not in self.taken:
            self.taken.append(name)
        return self.own.get(name, ours)

    def described(self) -> str:
        """A line for each function: whose it is."""
        lines = []
        for piece in self.pieces:
            name = piece.function_name
            whose = "yours" if name in self.own else "ours, as yours is not written yet"
            if name not in self.taken:
                whose = "yours, but this model has no place for it" if name in self.own else "not needed"
            lines.append(f"{name}: {whose}")
        return "\n".join(lines)


# From the parts and the sizes (vocabularies of source and target, width) to an untrained model and its loss.
Assemble = Callable[[Parts, int, int, int], tuple[EncoderDecoder, LossOf]]


@dataclass(frozen=True)
class Project:
    """A project. ``pieces`` are the exercises that check its functions before anything is trained.

    At least one of the functions named in ``core`` must be the learner's.
    ``wrong`` are functions with which the model still trains and must not pass, and ``wrong_in_words`` says
    what is wrong with them: ``measure.py`` shows that the BLEU asked for lies between theirs and ours.
    """

    number: int
    chapter: int
    title: str
    goal: str
    points: int
    minutes: int
    pieces: tuple[Exercise, ...]
    core: tuple[str, ...]
    assemble: Assemble
    scale: Scale
    wrong: Mapping[str, Function]
    wrong_in_words: str

    @property
    def id(self) -> str:
        """What its record is kept under."""
        return f"project {self.number}"

    @property
    def effort(self) -> str:
        return f"{self.points} points, hard, about {self.minutes} minutes."
