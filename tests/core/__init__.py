"""The rules of the studio's values and decisions."""
