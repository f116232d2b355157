"""Presentation of results: charts, tables, sentences, model cards, the HTML report, archives."""
