"""Figures of speed, measured over real HTTP, processes and databases on this machine, each printed beside its goal.

Law: every load is bounded and stays on loopback, and nothing here is asserted: a busy machine breaks no test.
"""
