"""Measurements of Quits beside its peers: paired, repeated, with the processor time of every side."""
