"""Upkeep: rules and webhooks are looked after, and what nobody needs any more is deleted."""
