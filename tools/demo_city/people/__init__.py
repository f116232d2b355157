"""People on foot and on two wheels."""
