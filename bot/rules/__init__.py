"""What a channel wants to hear, and whether what happened is it: pure, for those who publish and those who ask why."""
