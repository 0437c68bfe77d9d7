"""Where do words and behaviour agree?"""

import streamlit as st

from pages.shared import session

session.dataset()
st.title("Spaces")
