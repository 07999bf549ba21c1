"""What an experiment showed: its counts, what they are worth, and the console's screens of it."""
