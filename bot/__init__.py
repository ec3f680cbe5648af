"""circlebot: CircleCI in Slack."""

__version__ = "0.2.0"
"""The release; `pyproject.toml`, the command line, the manifest and our User-Agent read it here."""
