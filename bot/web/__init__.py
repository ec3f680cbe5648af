"""The HTTP routes: for Slack, for CircleCI, and for the operator who asks about our health."""
