"""CircleCI tells, the channel hears: poller or webhook, then outcome, match, publish, delivery."""
