"""Delivery: Slack is brought to what is written in the outbox, at the rate that Slack allows."""
