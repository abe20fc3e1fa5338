"""Module 五: who is counted, which gaps there are, whom to help first, and what may be published."""
