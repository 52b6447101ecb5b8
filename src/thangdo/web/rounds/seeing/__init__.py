"""What people see of a round: progress, where points went, last year, what to look at; values for pages and files."""
