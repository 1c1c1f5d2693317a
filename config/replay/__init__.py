"""The replay: real incidents, answers and reviews through the running program's public doors, counted twice."""
