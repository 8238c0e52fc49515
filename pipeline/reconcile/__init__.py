"""Reconciliation: which figures of a disclosure agree with one another, and which do not. Rules are data."""
