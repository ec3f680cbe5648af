"""The Page API: what the page in the browser reads and does."""
