"""The HTTP routes: Slack and CircleCI at the door, and what whoever runs us asks about our health."""
