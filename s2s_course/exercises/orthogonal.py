"""Exercise 2.6: an orthogonal matrix to start from."""

import torch

from s2s_course.exercises.exercise import Case, Exercise, Misconception
from s2s_course.seeds import torch_generator


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


def _columns_normalized(matrix):
    return matrix / matrix.norm(dim=0, keepdim=True)


def _rows_normalized(matrix):
    return matrix / matrix.norm(dim=1, keepdim=True)


def _spectral_norm(matrix):
    return matrix / torch.linalg.matrix_norm(matrix, ord=2)


def _frobenius_norm(matrix):
    return matrix / matrix.norm()


def _spectral_radius(matrix):
    return matrix / torch.linalg.eigvals(matrix).abs().max()


def _signs_not_fixed(matrix):
    return torch.linalg.qr(matrix).Q


def _diagonal_of_q_positive(matrix):
    Q = torch.linalg.qr(matrix).Q
    return Q * Q.diagonal().sign()


def _rows_flipped(matrix):
    Q, R = torch.linalg.qr(matrix)
    return Q * R.diagonal().sign().unsqueeze(1)


def _scaled_by_r(matrix):
    Q, R = torch.linalg.qr(matrix)
    return Q * R.diagonal()


def _returns_r(matrix):
    return torch.linalg.qr(matrix).R


def _returns_r_with_positive_diagonal(matrix):
    return orthogonal(matrix).T @ matrix


def _transposed(matrix):
    return orthogonal(matrix).T


def _of_the_transpose(matrix):
    return orthogonal(matrix.T)


def _of_the_transpose_turned_back(matrix):
    return orthogonal(matrix.T).T


def _nearest(matrix):
    left, _, right = torch.linalg.svd(matrix)
    return left @ right


def _left_singular_vectors(matrix):
    return torch.linalg.svd(matrix).U


def _case(name: str, H: int) -> Case:
    """A matrix with singular values between 0.5 and 2, so that Q is well determined in float32."""

    def make(seed: int) -> tuple[torch.Tensor]:
        generator = torch_generator(seed)
        left, right = torch.linalg.qr(torch.randn(2, H, H, generator=generator)).Q
        return (left * torch.linspace(0.5, 2.0, H) @ right,)

    return Case(name, make)


EXERCISE = Exercise(
    id="2.6",
    title="Start from an orthogonal matrix",
    goal="Turn a random square matrix into an orthogonal one, which keeps the length of every vector: its "
    "QR factor Q, with the signs chosen so that the diagonal of R is positive.",
    points=1,
    outputs=("Q",),
    # Done once, before training: a gradient through it is not asked for.
    reference=torch.no_grad()(orthogonal),
    cases=(
        _case("two rows and columns", 2),
        _case("three rows and columns", 3),
        _case("seven rows and columns", 7),
    ),
    misconceptions=(
        Misconception(
            "columns normalized only",
            _columns_normalized,
            "Your columns (or rows) have length 1, but they are not at right angles to each other, so the "
            "matrix still shortens some vectors and lengthens others. `torch.linalg.qr` makes them "
            "orthogonal.",
            (_rows_normalized,),
        ),
        Misconception(
            "divided by a norm",
            _spectral_norm,
            "You divide the whole matrix by one number. The vectors that it stretches most then keep their "
            "length at best, and all others shrink, step after step: the gradient still vanishes. In an "
            "orthogonal matrix all singular values are 1.",
            (_frobenius_norm, _spectral_radius),
        ),
        Misconception(
            "signs not fixed",
            _signs_not_fixed,
            "Your matrix is orthogonal, but the signs are left to `torch.linalg.qr`: some diagonal entries "
            "of R are negative. Then Q is not unique, and the signs that the algorithm prefers make some "
            "orthogonal matrices more likely than others. Flip the columns of Q where the diagonal of R is "
            "negative.",
        ),
        Misconception(
            "diagonal of Q made positive",
            _diagonal_of_q_positive,
            "You choose the signs so that the diagonal of Q is positive. It is the diagonal of R that must "
            "be positive: a random rotation has negative entries on its diagonal too.",
        ),
        Misconception(
            "rows flipped instead of columns",
            _rows_flipped,
            "You flip rows of Q. In Q R the row k of R meets the column k of Q, so it is the column that "
            "changes its sign together with it. `Q * signs` multiplies columns.",
        ),
        Misconception(
            "multiplied by the diagonal of R",
            _scaled_by_r,
            "You multiply the columns of Q by the diagonal of R itself, so they no longer have length 1. "
            "Only its signs are wanted: `.sign()`.",
        ),
        Misconception(
            "R returned",
            _returns_r,
            "You return R, the triangular factor. It holds the stretching that you want to be rid of; the "
            "orthogonal factor is Q, the first of the two.",
            (_returns_r_with_positive_diagonal,),
        ),
        Misconception(
            "transposed",
            _transposed,
            "Your matrix is orthogonal, but it belongs to a transposed matrix: you have transposed Q, or "
            "the matrix before the decomposition. The columns of Q span what the columns of the matrix span.",
            (_of_the_transpose, _of_the_transpose_turned_back),
        ),
        Misconception(
            "factor of the SVD",
            _nearest,
            "Your matrix is orthogonal, but comes from the singular value decomposition. The product of its"
            " two orthogonal factors is the orthogonal matrix nearest to the given one, a good choice too; "
            "asked for is the Q of the QR decomposition, which is cheaper.",
            (_left_singular_vectors,),
        ),
    ),
    hints=(
        "`torch.linalg.qr` returns Q and R. Look at the diagonal of R for a few random matrices: which "
        "signs do you see? Q R stays the same when a column of Q and the same row of R change sign.",
        "`R.diagonal().sign()` holds -1 where a sign is wrong. Multiply the columns of Q by it.",
    ),
)
