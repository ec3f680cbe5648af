"""What several commands do: start a pipeline, follow it, look again after a lost answer, resume what had waited."""
