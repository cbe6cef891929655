"""What the training loop asks of the processes that train one model together, each on a device of its own."""

from collections.abc import Iterable, Sequence

from torch import nn

from s2s_course.training.contract import Epochs, LossOf, Step, TrainingBatch
from s2s_course.training.training_state import TrainingState
from s2s_course.training.validation import mean_loss


class Processes:
    """One process that trains alone. Several are ``AcceleratedProcesses``, which answer otherwise.

    All of them make the same calls in the same order, since each waits there for the others. Callbacks of
    ``fit`` are called in each.
    """

    is_first = True  # the one that prints and writes
    count = 1

    def own_device(self, device: str) -> str:
        """Where this process trains, if all do on a device of the kind ``device``."""
        return device

    def own_seed(self, seed: int) -> int:
        """The seed of what this process draws alone, such as dropout."""
        return seed

    def go_on_from_the_first(self, training: TrainingState, seed: int) -> None:
        """Bring ``training`` to where that of the first process is, which may have been begun earlier."""

    def shares(self, batches: Epochs) -> Epochs:
        """What this process takes of each of ``batches``."""
        return batches

    def loss_of(self, model: nn.Module, loss_of: LossOf) -> LossOf:
        """The loss of a share. Its gradient becomes that of the whole batch, in all processes."""
        return loss_of

    def together(self, steps: Iterable[Step]) -> Iterable[Step]:
        """The ``steps`` of this process with the loss of the whole batch, which is still on the device."""
        return steps

    def agree(self, value: float) -> float:
        """The largest ``value`` that any process has: their clocks differ, and their decisions must not."""
        return value

    def any_stop(self, reason: str) -> str:
        """The ``reason`` to stop now that any process has, or none: a signal may reach only one of them."""
        return reason

    def mean_loss(self, model: nn.Module, batches: Sequence[TrainingBatch], loss_of: LossOf) -> float:
        """The loss per target over ``batches``."""
        return mean_loss(model, batches, loss_of=loss_of)


ONE_PROCESS = Processes()
