"""How fast circlebot is, beside what it is made of: `make bench`."""
