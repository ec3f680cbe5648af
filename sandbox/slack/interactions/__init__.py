"""What people do that sends a payload to the app: commands, clicks, forms, shortcuts."""
