"""The sandbox that tests of grading share."""

import pytest

from s2s_course.grading.sandbox import Sandbox, SandboxError, find_sandbox

from . import bubblewrap


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    if not bubblewrap.is_linux():
        pytest.skip("the sandbox that is tested is for Linux")
    if not bubblewrap.find():
        pytest.fail(bubblewrap.NO_BUBBLEWRAP)
    try:
        return find_sandbox()
    except SandboxError as error:
        pytest.fail(str(error))
