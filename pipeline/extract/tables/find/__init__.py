"""Where the tables of a document begin and end: ``segments.find_segments`` is the way in."""
