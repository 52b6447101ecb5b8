"""The platform: a Django project that keeps state and enforces who may do what when.

It computes no score: rows are turned into the core's types (one module per app) and handed to `evaluation`.
Nothing here imports Django at the front door, so the command line stays quick.
"""
