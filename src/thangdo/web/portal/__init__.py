"""Public pages, the method page, and how refusals and failures look."""
