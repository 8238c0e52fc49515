"""Sheets of cells to records: what columns, rows, codes and amounts stand for."""
