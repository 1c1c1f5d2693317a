"""Every write of connections, split by noun."""
