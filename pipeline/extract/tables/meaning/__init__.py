"""Sheets of cells to budget lines: what columns, rows, codes and amounts stand for.

``table.interpret`` gives columns and rows, ``records.records_of`` what each row says, ``lines.write_lines`` budget lines.
"""
