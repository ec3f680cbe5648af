"""CircleCI tells, the channel hears: poll -> publish -> deliver, which meet in rows of the store alone."""
