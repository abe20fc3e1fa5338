"""The course around the library: how the book is built from prose and notebooks."""
