"""What a channel wants to be notified of, and whether an outcome is that. Pure; for publishing and for `why`."""
