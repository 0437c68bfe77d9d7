"""Is this data usable, and what happened to it?"""

import streamlit as st

from pages.shared import session

session.dataset()
st.title("Data")
