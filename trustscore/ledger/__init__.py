"""The transparency log around the pure tree: what an entry says, its files, its key."""
