"""What lies outside of the bot: a Slack and a CircleCI that cost little, in a process of their own."""
