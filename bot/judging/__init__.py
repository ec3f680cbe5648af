"""What happened, and does a rule want to hear it: pure, for those who publish and those who ask why."""
