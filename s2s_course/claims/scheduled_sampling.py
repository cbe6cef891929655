"""Does a decoder that reads its own words in training translate better?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.translation_tasks import (
    BUDGETS,
    CONDITIONS,
    bleu_by_length,
    bleu_on_test,
    trained,
)
from s2s_course.training.scheduled_sampling import ScheduledSampling


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU, over all and by length, with teacher forcing and with scheduled sampling."""
    sampling = ScheduledSampling(calls=BUDGETS[scale].steps, last=0.5, seed=seed)
    models = {
        "forced": trained(scale, seed, "gru", context="every_step"),
        "sampled": trained(scale, seed, "gru", context="every_step", loss_of=sampling),
    }
    values = {}
    for name, translator in models.items():
        values[f"{name}_bleu"] = bleu_on_test(scale, translator)
        values |= bleu_by_length(scale, translator, name)
    return values


CLAIM = Claim(
    id="scheduled-sampling",
    chapter=4,
    title="Scheduled sampling translates better",
    statement="Training on a mixture of true words and the decoder's own gives better translations than "
    "teacher forcing alone.",
    source="Bengio et al. 2015, on captions, parsing and speech; not on translation",
    conditions=CONDITIONS
    + "GRU cells, no attention, the context at every step. The share of true words falls in a "
    "straight line from 1 to 0.5. Equal steps; a step of the mixture takes longer.",
    experiment=experiment,
    clauses=(More("", "sampled_bleu", "forced_bleu", unit="BLEU"),),
    figures=(
        Bars(
            "BLEU on the test split", {"forced_bleu": "teacher forcing", "sampled_bleu": "scheduled sampling"}
        ),
    ),
    family="gru",
    names={
        "forced_length_": "teacher forcing, from {} words",
        "sampled_length_": "scheduled sampling, from {} words",
    },
)
