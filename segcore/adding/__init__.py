"""Making a run of what somebody else trained: a network file, or a folder of masks."""
