"""From a Request to a Reply: parse the line, check rights, run at most once, show errors."""
