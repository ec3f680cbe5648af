"""CircleCI as one person sees it: the client bound to their token, and the pure readings of what it answers."""
