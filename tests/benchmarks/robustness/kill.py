"""Kill a run at random moments, go on with it, and count what was lost or paid for twice.

    python -m tests.benchmarks.robustness.kill [--kills 50] [--articles 600] [--budget 400]

The run asks a stub that takes 0.15 s an answer, five at a time, with the cache on. Then another one
does, with a budget of so many calls, and is gone on with until that is spent. Ends with status 1
when an article is missing or there twice, a finished call was repeated, a store is not whole, or
more was spent than the budget and what was under way at the kills.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.support.processes.killing import AT_ONCE, kill_and_go_on, kill_and_spend


def main() -> int:
    """Kill, go on, and print what happened."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--budget", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        story = kill_and_go_on(
            Path(folder), articles=given.articles, kills=given.kills, seed=given.seed, longest=0.6
        )
    print(f"kills                                  {story.kills}")
    print(f"articles, each there once              {story.articles}")
    print(f"calls                                  {story.calls}")
    print(f"repeated, under way at a kill          {story.under_way}")
    print(f"repeated although finished             {len(story.repeated)}")
    print(f"stores that were not whole             {story.broken}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        spent = kill_and_spend(
            Path(folder), budget=given.budget, kills=given.kills, seed=given.seed
        )
    print(f"with a budget, in calls                {spent.budget}")
    print(f"kills                                  {spent.kills}")
    print(f"calls, all runs together               {spent.calls}")
    print(f"of these not known, lost in a kill     {spent.calls - spent.counted}")
    print(f"calls of the same command afterwards   {spent.after}")
    lost = story.repeated or story.broken or story.kills < given.kills
    lost = lost or story.under_way > story.kills * AT_ONCE
    unknown = spent.calls - spent.counted
    over = spent.counted > spent.budget or unknown > spent.kills * AT_ONCE or spent.after
    return 1 if lost or over else 0


if __name__ == "__main__":
    sys.exit(main())
