"""Layer 7: grading what students hand in, on the instructor's machine.

Nothing that a student wrote is run, unpickled or imported outside the sandbox. Read sandbox.py for the
border, worker.py for what stands behind it, and wire.py for what may cross.
"""
