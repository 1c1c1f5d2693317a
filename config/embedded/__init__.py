"""The parts Candor brings along: its own PostgreSQL, Valkey and mail sink, and the program that minds them.

Nothing here imports Django, because all of it runs before settings can be read.
"""
