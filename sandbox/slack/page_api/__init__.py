"""What the page in the browser asks and does: the Page API."""
