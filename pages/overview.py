"""What the tool is for, how the runs compare, and which frames are in use."""

import streamlit as st

st.title("SegCompare")
