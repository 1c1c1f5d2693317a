"""What can keep the program from starting."""


class CannotStart(Exception):
    """The program cannot start; the message is one sentence for the person at the terminal."""
