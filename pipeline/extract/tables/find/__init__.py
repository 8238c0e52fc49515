"""Where the tables of a document begin and end."""
