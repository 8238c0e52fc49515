"""Static pages made from a release: for people, without a network, in Chinese and English.

It reads what a release holds and nothing else. What a page shows is computed here, how it looks
stands in ``templates/`` and ``static/``.
"""
