"""Printed tables to sheets of cells, by one reader for each way in which tables are laid out."""
