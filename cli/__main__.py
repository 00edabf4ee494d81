"""Lets `python -m cli` stand for `smoe` where nothing was installed."""

from cli.main import main

if __name__ == "__main__":
    main()
