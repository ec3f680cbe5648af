"""What people do that the app hears of: commands, clicks, forms, shortcuts."""
