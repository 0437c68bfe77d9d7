"""The frame: page list, sidebar, and the one place where a DataError becomes words."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared import cached, frame, headers, notices, ready, session
from textrec_core.errors import DataError

if get_script_run_ctx(suppress_warning=True) is None:
    # Started by the server: what wraps every request. The same file is the script of every visit.
    app = st.App(__file__, middleware=headers.MIDDLEWARE, routes=headers.ROUTES, lifespan=ready.lifespan)
else:
    st.set_page_config(page_title="TextRec", page_icon=str(cached.ASSETS / "style" / "icon.png"), layout="wide")
    session.start()
    page = frame.navigation()
    try:
        frame.sidebar()
        page.run()
    except DataError as error:
        notices.problem(error)
