"""Mutations of real documents, and an oracle that is not the parser: what must never happen in silence."""
