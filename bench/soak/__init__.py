"""Workers for an hour, with steady builds and all that can fail: does anything grow, get lost, or get said twice?"""
