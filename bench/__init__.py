"""What the hot paths cost, against their floors: `python -m bench` measures and prints, and does nothing else.

Ratios are taken between two things measured in turn on the same machine, so that they mean the same on another one.
"""
