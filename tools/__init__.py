"""The bootstrap and the developer commands behind ./run, ./test, ./bench and ./lint."""
