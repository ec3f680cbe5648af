"""Polling: which projects and pipelines moved at CircleCI, read with whose token, and how often."""
