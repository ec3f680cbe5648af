"""Publishing: what happened and who is told of it, written down in one transaction."""
