"""Nouns as Block Kit: pure functions. How a noun looks is decided in blocks/<noun>.py and nowhere else."""
