"""Module 四: what is taught and how well, from the lesson log to a composite that says how sure it is."""
