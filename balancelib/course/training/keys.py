"""The key of all seats: each seat's county is drawn and each exercise answered in it, as many at once as there are processors."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pandas as pd

from balancelib.course.execution import new_processes
from balancelib.course.training.people import Seat, key
from balancelib.course.training.run import KILLED, NotRunError
from balancelib.course.workers import begin


def all_keys(modules: Sequence[str], places: Sequence[Seat], tell: Callable[[str], None]) -> pd.DataFrame:
    """Return the right answers of the exercises of modules for each seat, as `people.key` does, module by module.

    Parameters
    ----------
    modules
        Whose exercises are done; at least one.
    places
        The seats; at least one.
    tell
        Is told in Chinese how far it is: hundreds of seats take minutes.

    Raises
    ------
    NotRunError
        The system has ended a process.
    """
    with ProcessPoolExecutor(os.cpu_count(), new_processes(), begin) as pool:
        running = [pool.submit(key, module, [place]) for module in modules for place in places]
        found = []
        try:
            for n, one in enumerate(running):
                tell(f"算各个座位的答案 {n}/{len(running)}")
                found.append(one.result())
        except BrokenProcessPool:
            raise NotRunError(KILLED) from None
        except BaseException:
            pool.shutdown(cancel_futures=True)  # or the others would all be waited for
            raise
    return pd.concat(found, ignore_index=True)
