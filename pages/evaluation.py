import streamlit as st
from ui.router import through_app
through_app()
st.title("Evaluation")
