"""Presets of an event, and the splits that its expenses suggest."""

from http import HTTPStatus

from common.contracts.core import CoreService
from gateway.endpoint import Routes

splits = Routes("splits", "/events/<uuid:event_id>/splits")

splits.remote("GET", "", CoreService.list_splits, expands=True)
splits.remote("POST", "", CoreService.save_preset, status=HTTPStatus.CREATED, expands=True)
splits.remote("DELETE", "/<uuid:preset_id>", CoreService.delete_preset, status=HTTPStatus.NO_CONTENT)
