"""What is kept: SQLite and the picture library on disk."""
