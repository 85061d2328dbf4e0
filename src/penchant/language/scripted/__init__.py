"""Language models that answer by a script: for tests, and to see what a bad one would do."""
