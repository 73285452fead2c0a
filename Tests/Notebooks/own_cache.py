"""Kernels of a test module keep statistics and pictures in a folder of their own, so that no result of an earlier run is read.

Not in a conftest.py: tests in other folders import theirs by that name.
"""

import os

import pytest


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOOKE_CACHE", os.fspath(tmp_path_factory.mktemp("cache")))
        yield
