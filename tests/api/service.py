"""The application as tests of the API meet it: on real servers, with a clock they move and read models they feed."""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar
from litestar.testing import TestClient

from api.app import EVENT_TYPES, create_app
from domain.demonstration import SYSTEM, administration_facts
from domain.events import ADMINISTRATION_STREAM_NAMES
