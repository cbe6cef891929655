"""A project for each part of the course: the learner's own functions run inside a model of ours.

Read project.py, then own_cell.py, masked_attention.py or own_transformer.py, then run.py.
"""
