"""Returned notebooks marked: each runs apart, and its answers are judged outside, in the county of the person's seed.

Begin with `balancelib.course.training.marking.marks.mark`. What runs apart is `balancelib.course.training.marking.inside`, under bubblewrap
(``walls``, ``seccomp``, ``sandbox``): the answers leave as JSON of a few plain kinds (``answers``), and nothing that a notebook does to its own
Python reaches the judge (``judging``). What a notebook tries that it has no reason to try is told to the trainer.

Why neither nbgrader nor otter-grader marks here. nbgrader (0.9) would give a database of marks, manual marking and feedback pages; it runs
the trainee's code as the trainer, bounded only in time, on the trainer's machine, with its hidden tests in the same kernel, so that a notebook
can read the tests, write its own marks or delete the class (its issue 483; Docker by way of envkernel is left to whoever sets it up), and
its tests are cells with fixed answers, where ours are computed for each person's county and say what is wrong. otter-grader, as its source reads, would give
marking side by side in Docker containers with a time limit; it needs Docker, an image built over the network and rights that are as good
as the administrator's, has the network on unless told, runs its tests in the trainee's process, and loads what the container wrote with
``dill``: a hostile notebook's code would then run outside. Both are made to mark a fixed answer; neither tells whose county an answer is
right in. What both have and we keep: cells that fail do not end the notebook, and the marks are a plain table.
"""
