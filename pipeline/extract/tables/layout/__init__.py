"""Printed tables to sheets of cells, by one reader for each way in which tables are laid out.

``cells.read_cells``, ``spaced.read_spaced`` and ``flow.read_flow`` are the ways in; ``sheet`` is what comes out.
"""
