"""Witnesses: other installations cosign this log's checkpoints, and this one cosigns theirs.

C2SP tlog-witness and tlog-cosignature. Both sides are in docs/witnessing.md.
"""
