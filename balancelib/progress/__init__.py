"""Module 六: targets and plans, whether what was done worked, and inspection that mends."""
