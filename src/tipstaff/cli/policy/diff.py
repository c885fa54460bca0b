"""x"""

import argparse

NAME = "diff"
HELP = "diff"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    return 0
