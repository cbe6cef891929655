"""Layer 7: what an instructor hands out and takes back.

Read assignment.py and release.py for what is handed out, then collect.py, normalize.py and judge.py for what
comes back. What students wrote runs in a sandbox (sandbox.py, worker.py) and nowhere else.
"""
