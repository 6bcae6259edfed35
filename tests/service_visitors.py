"""Fixtures of the tests of the service's routes: a site for each file, and who is signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from service_site import ADMIN, OPERATOR, Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.close()


@pytest.fixture
def operator(site: Site) -> TestClient:
    return site.client(OPERATOR)


@pytest.fixture
def admin(site: Site) -> TestClient:
    return site.client(ADMIN)
