"""Units and their succession, people, and the roles people hold."""
