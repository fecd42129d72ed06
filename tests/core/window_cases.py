"""A small picture, the template that ships, and templates of chance."""

import pytest

from explorer.core.windows import (
    opencv_people_template,
)

SHAPE = (15, 7, 36)


@pytest.fixture(scope="module")
def people():
    return opencv_people_template()
