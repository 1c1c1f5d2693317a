"""The transparency log's mathematics: tree, tiles and signed notes. No storage, no HTTP, no Django."""
