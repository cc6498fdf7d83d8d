"""`tixallo serve` as a tree of real processes behind real sockets, mostly before a tiny application (stub.py)."""
