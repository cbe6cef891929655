"""Exercise 2.6: an orthogonal matrix to start from."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="2.6",
    title="Start from an orthogonal matrix",
    goal="Turn a random square matrix into an orthogonal one, which keeps the length of every vector: its "
    "QR factor Q, with the signs chosen so that the diagonal of R is positive.",
    points=1,
    difficulty="medium",
    minutes=10,
    outputs=("Q",),
    hints=(
        "`torch.linalg.qr` returns Q and R. Look at the diagonal of R for a few random matrices: which "
        "signs do you see? Q R stays the same when a column of Q and the same row of R change sign.",
        "Where number i of R's diagonal is negative, column i of Q has to change its sign. No loop is "
        "needed: a row of H signs, multiplied with an (H, H) matrix, meets each column with its own sign.",
        "`R.diagonal().sign()` holds -1 where a sign is wrong. Multiply the columns of Q by it.",
    ),
)


def orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """The orthogonal factor Q of matrix = Q R, with R upper triangular.

    R has a positive diagonal, which makes Q unique. If the entries of the matrix are
    independent standard normal numbers, every orthogonal Q is then equally likely
    (Mezzadri 2007). Saxe et al. (2014) start from such weights: multiplying by Q
    changes the length of no vector, and of no gradient.

    matrix:  (H, H), invertible
    returns: (H, H)
    """
    Q, R = torch.linalg.qr(matrix)
    return Q * R.diagonal().sign()  # flips columns of Q


def _case(name: str, H: int) -> Case:
    """A matrix with singular values between 0.5 and 2, so that Q is well determined in float32."""

    def make(seed: int) -> tuple[torch.Tensor]:
        generator = torch_generator(seed)
        left, right = torch.linalg.qr(torch.randn(2, H, H, generator=generator)).Q
        return (left * torch.linspace(0.5, 2.0, H) @ right,)

    return Case(name, make)


CASES = (
    _case("two rows and columns", 2),
    _case("three rows and columns", 3),
    _case("seven rows and columns", 7),
)


@mistake(
    "columns normalized only",
    "Your columns (or rows) have length 1, but they are not at right angles to each other, so the matrix "
    "still shortens some vectors and lengthens others. `torch.linalg.qr` makes them orthogonal.",
)
def _columns_normalized(matrix):
    return matrix / matrix.norm(dim=0, keepdim=True)


@_columns_normalized.variant
def _rows_normalized(matrix):
    return matrix / matrix.norm(dim=1, keepdim=True)


@mistake(
    "divided by a norm",
    "You divide the whole matrix by one number. The vectors that it stretches most then keep their length "
    "at best, and all others shrink, step after step: the gradient still vanishes. In an orthogonal matrix "
    "all singular values are 1.",
)
def _spectral_norm(matrix):
    return matrix / torch.linalg.matrix_norm(matrix, ord=2)


@_spectral_norm.variant
def _frobenius_norm(matrix):
    return matrix / matrix.norm()


@_spectral_norm.variant
def _spectral_radius(matrix):
    return matrix / torch.linalg.eigvals(matrix).abs().max()


@mistake(
    "signs not fixed",
    "Your matrix is orthogonal, but the signs are left to `torch.linalg.qr`: some diagonal entries of R are "
    "negative. Then Q is not unique, and the signs that the algorithm prefers make some orthogonal matrices "
    "more likely than others. Flip the columns of Q where the diagonal of R is negative.",
)
def _signs_not_fixed(matrix):
    return torch.linalg.qr(matrix).Q


@mistake(
    "diagonal of Q made positive",
    "You choose the signs so that the diagonal of Q is positive. It is the diagonal of R that must be "
    "positive: a random rotation has negative entries on its diagonal too.",
)
def _diagonal_of_q_positive(matrix):
    Q = torch.linalg.qr(matrix).Q
    return Q * Q.diagonal().sign()


@mistake(
    "rows flipped instead of columns",
    "You flip rows of Q. In Q R the row k of R meets the column k of Q, so it is the column that changes "
    "its sign together with it. `Q * signs` multiplies columns.",
)
def _rows_flipped(matrix):
    Q, R = torch.linalg.qr(matrix)
    return Q * R.diagonal().sign().unsqueeze(1)


@mistake(
    "multiplied by the diagonal of R",
    "You multiply the columns of Q by the diagonal of R itself, so they no longer have length 1. Only its "
    "signs are wanted: `.sign()`.",
)
def _scaled_by_r(matrix):
    Q, R = torch.linalg.qr(matrix)
    return Q * R.diagonal()


@mistake(
    "R returned",
    "You return R, the triangular factor. It holds the stretching that you want to be rid of; the "
    "orthogonal factor is Q, the first of the two.",
)
def _returns_r(matrix):
    return torch.linalg.qr(matrix).R


@_returns_r.variant
def _returns_r_with_positive_diagonal(matrix):
    return orthogonal(matrix).T @ matrix


@mistake(
    "transposed",
    "Your matrix is orthogonal, but it belongs to a transposed matrix: you have transposed Q, or the matrix "
    "before the decomposition. The columns of Q span what the columns of the matrix span.",
)
def _transposed(matrix):
    return orthogonal(matrix).T


@_transposed.variant
def _of_the_transpose(matrix):
    return orthogonal(matrix.T)


@_transposed.variant
def _of_the_transpose_turned_back(matrix):
    return orthogonal(matrix.T).T


@mistake(
    "factor of the SVD",
    "Your matrix is orthogonal, but comes from the singular value decomposition. The product of its two "
    "orthogonal factors is the orthogonal matrix nearest to the given one, a good choice too; asked for is "
    "the Q of the QR decomposition, which is cheaper.",
)
def _nearest(matrix):
    left, _, right = torch.linalg.svd(matrix)
    return left @ right


@_nearest.variant
def _left_singular_vectors(matrix):
    return torch.linalg.svd(matrix).U


# Done once, before training: a gradient through it is not asked for.
EXERCISE = Exercise.from_task(TASK, torch.no_grad()(orthogonal), CASES, mistakes_in(globals()))
