"""Products have the same bits whatever the BLAS library does with its threads."""

import os
import subprocess
import sys

import numpy as np
import pytest

from thangdo.composite.uncertainty_products import product

PRINT_HASH = """
import hashlib, numpy as np
from thangdo.composite.uncertainty_products import product
random = np.random.default_rng(1)
left, right = random.random((4096, 300)), random.random((300, 200))
print(hashlib.sha256(product(left, right).tobytes()).hexdigest())
"""


@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 3, 4), (700, 49, 51), (33, 300, 211), (3, 9000, 2)])
def test_tiles_make_up_the_matrix_product(shape):
    rows, inner, columns = shape
    random = np.random.default_rng(0)
    left, right = random.normal(size=(rows, inner)), random.normal(size=(inner, columns))
    assert np.allclose(product(left, right), left @ right, rtol=1e-12, atol=1e-12)


def test_the_number_of_blas_threads_changes_no_bit():
    """Fresh processes, because the library reads its number of threads once."""
    hashes = {
        subprocess.run(
            [sys.executable, "-c", PRINT_HASH],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for threads in ("1", "2", "5")
    }
    assert len(hashes) == 1
