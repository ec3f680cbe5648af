"""Publishing: what happened and who is notified, written in one transaction."""
