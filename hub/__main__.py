"""`python -m hub` is `waterhub`."""

from hub.cli import main

if __name__ == "__main__":
    main()
