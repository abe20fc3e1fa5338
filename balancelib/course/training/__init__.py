"""A course of one's own: what a trainer writes in ``course.yml`` becomes a site, notebooks, slides, a handout and a schedule."""
