"""The app: ``streamlit run app.py`` imports this file for the server, and runs it as a script for every visit."""

import streamlit as st

if __name__ == "__main__":
    from ui.visit import draw

    draw()
else:
    from ui.start import bound_memory, ready_for_visitors

    bound_memory()
    app = st.App(__file__, lifespan=ready_for_visitors)
