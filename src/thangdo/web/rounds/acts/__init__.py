"""What people do in a round: one file an act. Each asks whether it may, changes, and is recorded."""
