"""Evidence files: what is accepted, where bytes are kept, what their text says."""
