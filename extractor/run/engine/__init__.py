"""The run itself: which article is in work, at which worker, and how each ends."""
