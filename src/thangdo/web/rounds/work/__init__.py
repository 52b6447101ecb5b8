"""What rounds do in the background, one file each."""
