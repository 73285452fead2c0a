"""Kernels of these tests keep statistics in a folder of their own, so that no result of an earlier run is read."""

import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOOKE_CACHE", os.fspath(tmp_path_factory.mktemp("cache")))
        yield
