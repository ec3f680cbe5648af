"""An outsider: a Slack and a CircleCI that speak HTTP, for the demo, the tests and whoever builds on them."""
