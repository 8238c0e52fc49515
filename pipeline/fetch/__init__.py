"""``yusuan fetch``: the addresses that ``sources.toml`` lists become files of their collection, with their origin.

    [[fetch]]
    url = "https://…/2024-budget.html"
    attachments = true            # also the files that this page links to
    file = "2024-budget.html"     # its name here; else as the server or the address calls it
    division_code = "110102"      # any key of [files], for what comes of this address
    licence = "…"

What was fetched stands in ``fetched.toml`` beside the files: address, day, digest, and what the server wants to be asked
with next time. ``sources.toml`` may say more of the same files, and is believed first. Nothing is fetched that no list
names; a file that changed at its address becomes a new version beside the old one, which it supersedes.
"""

from pipeline.fetch.collection import BadList, Outcome, fetch_all
from pipeline.fetch.web import Manners

__all__ = ["BadList", "Manners", "Outcome", "fetch_all"]
