"""Every upload gives a Dataset with an account, or a sentence that names the place and the mend."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.data import bad_inputs
from textrec_core.errors import DataError

ROOT = Path(__file__).resolve().parents[3]
CASES = bad_inputs.CASES
# Loads the deadly cases one by one in a process of their own, and says what came of each.
ALONE = """
import json
from tests.core.data import bad_inputs
from textrec_core.errors import DataError
for case in bad_inputs.CASES:
    if case.deadly:
        try:
            built = bad_inputs.load(*case.make())
            print(json.dumps([case.name, None, "", case.check is not None and bool(case.check(*built))]), flush=True)
        except DataError as fault:
            print(json.dumps([case.name, fault.problem, fault.hint, False]), flush=True)
"""


def test_there_are_enough_and_their_names_differ():
    assert len(CASES) >= 80
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [case for case in CASES if not case.deadly], ids=lambda case: case.name)
def test_an_upload_is_built_or_refused_in_words(case):
    if case.refused:
        with pytest.raises(DataError) as caught:
            bad_inputs.load(*case.make())
        holds_words(case, caught.value.problem, caught.value.hint)
    else:
        assert case.check(*bad_inputs.load(*case.make()))


@pytest.fixture(scope="module")
def survivors():
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, timeout=120, cwd=ROOT)
    # The last case is answered: the process lived through all of them. A library's threads may still end it badly afterwards.
    told = {name: rest for name, *rest in map(json.loads, done.stdout.splitlines())}
    assert list(told) == [case.name for case in CASES if case.deadly], done.stderr[-2_000:]
    return told


@pytest.mark.parametrize("case", [case for case in CASES if case.deadly], ids=lambda case: case.name)
def test_the_process_survives_what_could_kill_it(case, survivors):
    problem, hint, truth = survivors[case.name]
    if case.refused:
        assert problem is not None, "it was built"
        holds_words(case, problem, hint)
    else:
        assert truth, problem


def holds_words(case, problem, hint):
    for words in case.refused:
        assert words.lower() in problem.lower()
    assert hint, "nothing says what would work"
    assert len(problem) < 500
