"""Telling the result of a run: for people, for programs, for a paper, for a CI system."""
