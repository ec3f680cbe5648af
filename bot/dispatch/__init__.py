"""From a Request to a Reply: words are read, rights checked, acts done at most once, errors told."""
