"""`python -m bench NAME --help`: what a bench measures and how is read before it is run."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(("asked", "taught"), [("card", "Four agents at once"), ("quality-real", "GECCO")])
def test_help_of_a_bench_tells_what_it_does(asked, taught):
    told = subprocess.run(
        [sys.executable, "-m", "bench", asked, "--help"], capture_output=True, text=True, check=True
    )
    assert taught in told.stdout
