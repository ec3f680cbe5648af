"""The edge to Slack: payloads become Requests, Replies become messages and modals. Bolt stops in listeners.py."""
