"""A round in the database: phases, marks in layers, evidence, appeals, council, approval."""
