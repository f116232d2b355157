"""What leaves the app as one HTML file: a report on a pair of runs, and single figures."""
