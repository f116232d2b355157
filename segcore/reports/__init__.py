"""What is shown and passed on: charts, tables, sentences, model cards, the HTML report, archives."""
