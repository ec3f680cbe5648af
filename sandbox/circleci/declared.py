"""What the configs of the projects at the start declare."""

from __future__ import annotations

WEB_PARAMETERS = {
    "image-tag": {"type": "string", "default": "latest", "description": "Which image to deploy"},
    "deploy": {"type": "boolean", "default": False},
    "replicas": {"type": "integer", "default": 2},
    "environment": {"type": "enum", "enum": ["staging", "production"], "default": "staging"},
}
PLATFORM = {"platform": {"type": "enum", "enum": ["ios", "android"], "default": "ios"}}
KIOSK_PARAMETERS = PLATFORM | {f"note{number}": {"type": "string", "default": ""} for number in range(7)}
RELEASE_PARAMETERS = {
    "version": {"type": "string", "default": "next", "description": "What the store is to show"},
    "track": {"type": "enum", "enum": ["beta", "stable"], "default": "beta"},
    "percent": {"type": "integer", "default": 10},
}
HANDBOOK_PARAMETERS = {"draft": {"type": "boolean", "default": True}}
DEPLOY_PARAMETERS = {
    "version": {"type": "string", "description": "Which version"},
    "environment": {"type": "enum", "enum": ["staging", "production"], "default": "staging"},
}
