"""Genga, specified."""
