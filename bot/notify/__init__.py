"""From CircleCI to the channel: poll -> publish -> deliver, which meet only in rows of the store."""
