"""Simulated Mackie Control units, a process of their own on JACK MIDI: `python mackie_sim`, JSON lines in and out.

It imports nothing of the project, so that no mistake of the project can be in it too; Ardour, a host that others wrote,
proves it (`tests/live/test_mackie_ardour.py`).  Physics and panel are pure, with time handed in; `__main__` is thin.
"""
