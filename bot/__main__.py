"""`python -m bot` is `genga`."""

from bot.cli import main

if __name__ == "__main__":
    main()
