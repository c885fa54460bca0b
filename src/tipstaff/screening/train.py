"""Training the learned signal on a policy's own texts.

A logistic regression over hashed character n-grams, fitted by full-batch gradient descent in NumPy, then
rounded to integers. Training needs floats and may differ in the last bit between machines; what ships and
is digested is the rounded result, which scores alike everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

import numpy as np
import numpy.typing as npt

from tipstaff.policy.folding import letters, normal_text
from tipstaff.policy.texts import Label, TrainingText, training_digest
from tipstaff.policy.weights import FORMAT, Header, pack
from tipstaff.screening.kernels.ngrams import gram_bucket

SHORTEST = 1
LONGEST = 4
BUCKETS = 1 << 17
ROUNDS = 400
DECAY = 2e-6
WEIGHT_STEPS = 256
"""A weight of 1.0 becomes this integer."""


def train_weights(texts: Sequence[TrainingText]) -> bytes:
    """Fit a model that tells violations from the rest, and return the bytes of `learned.bin`.

    The score is in thousandths of the log-odds. Both classes weigh the same in the fit.
    """
    rows, columns, values = _features([text.text for text in texts])
    target = np.array([text.label is Label.VIOLATION for text in texts], dtype=np.float64)
    weights, bias = _fit(rows, columns, values, target)
    table = np.clip(np.rint(weights * WEIGHT_STEPS), -32768, 32767).astype(np.int16)
    header = Header(
        format=FORMAT,
        shortest=SHORTEST,
        longest=LONGEST,
        buckets=BUCKETS,
        bias=round(bias * 1000),
        scale=16 * 1000 // WEIGHT_STEPS,
        trained_on=training_digest(texts),
    )
    return pack(header, table)


def _features(
    texts: Sequence[str],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the buckets that texts hit as a sparse matrix: row, bucket and value of each entry."""
    rows, columns, values = [], [], []
    for number, text in enumerate(texts):
        view = np.array([ord(char) for char in letters(normal_text(text)).text], dtype=np.uint32)
        hit = {
            gram_bucket(view, at, size, BUCKETS)
            for size in range(SHORTEST, LONGEST + 1)
            for at in range(len(view) - size + 1)
        }
        rows.append(np.full(len(hit), number))
        columns.append(np.array(sorted(hit), dtype=np.int64))
        values.append(np.full(len(hit), 16 / max(1, isqrt(256 * len(hit)))))
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)


def _fit(
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    target: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], float]:
    """Fit by Nesterov's accelerated gradient with adaptive steps (Adam), from zero."""
    importance = np.where(target > 0, 0.5 / target.sum(), 0.5 / (1 - target).sum())
    weights, bias = np.zeros(BUCKETS), 0.0
    first, second = np.zeros(BUCKETS + 1), np.zeros(BUCKETS + 1)
    for step in range(1, ROUNDS + 1):
        margin = np.bincount(rows, weights=values * weights[columns], minlength=target.size) + bias
        error = (1 / (1 + np.exp(-margin)) - target) * importance
        slope = np.bincount(columns, weights=values * error[rows], minlength=BUCKETS) + DECAY * weights
        gradient = np.append(slope, error.sum())
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        move = 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weights, bias = weights - move[:-1], float(bias - move[-1])
    return weights, bias
