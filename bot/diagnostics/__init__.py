"""Finds by symptom what is wrong with an installation: each of SYMPTOMS has a check that finds it."""

from __future__ import annotations

from bot.diagnostics import circleci_symptoms, local_symptoms, slack_symptoms

SYMPTOMS = (*local_symptoms.ROWS, *slack_symptoms.ROWS, *circleci_symptoms.ROWS)
"""In the order of docs/troubleshooting.md."""
