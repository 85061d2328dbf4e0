"""Before any route: who may call, how much, from where."""
