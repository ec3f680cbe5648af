"""What several commands share: which thing is meant, and what is done to it."""
