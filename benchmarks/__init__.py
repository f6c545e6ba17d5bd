"""Benchmarks: ./bench lists them. A benchmark is a module with `run(env, small)`."""
