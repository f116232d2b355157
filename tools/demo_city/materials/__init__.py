"""Procedural materials, made on first use."""
