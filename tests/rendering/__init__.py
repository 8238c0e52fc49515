"""Random but consistent disclosures, rendered into every layout the project reads, with what must be read back.

``budgets`` makes a body's budget; ``xicheng``, ``shanghai`` and ``final_accounts`` put it into tables (``model``);
``flowing``, ``laid_out`` and ``pdf`` render the tables. All of it is a function of the seed. See ``documents``.
"""
