"""Sign-in, and the one table of who may do what where and when."""
