"""HTML files for sharing: a report on a pair of runs, and single figures."""
