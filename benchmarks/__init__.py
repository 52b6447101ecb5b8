"""What `./run bench` runs: one file per figure."""
