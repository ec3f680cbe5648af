"""A fake Slack and a fake CircleCI that speak HTTP, for the demo, the tests and anybody who builds on them."""
