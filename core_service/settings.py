"""What the core service is told at its start."""

from collections.abc import Mapping

from common import settings
from common.settings import Environment, ServiceSettings


def read(values: Mapping[str, str]) -> ServiceSettings:
    """Return the settings in `values`; raises SettingsRefused that names everything missing or wrong."""
    environment = Environment(values)
    told = settings.of_service(environment, "core")
    environment.check()
    return told
