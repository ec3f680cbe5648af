"""A drill: the bot is killed, both platforms fail, its database is lost and restored, in front of one's eyes."""
