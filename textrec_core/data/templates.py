"""Two small tables that show what a file should look like."""

import io

import pandas as pd

INTERACTIONS = """user,item,weight,time
Ada,lamp-01,1,2026-01-05
Ada,desk-02,1,2026-01-09
Bram,lamp-01,2,2026-02-11
Chloé,chair-07,1,2026-02-12
"""

ITEMS = """item,title,text,department
lamp-01,Reading lamp,"A warm desk light with a bending neck, for reading late without waking anybody.",Lighting
desk-02,Small desk,"A narrow oak table for one person and one screen, with a drawer for cables.",Furniture
chair-07,Folding chair,"A light chair that stands behind a door until guests arrive.",Furniture
"""


def interactions() -> pd.DataFrame:
    """Who chose what."""
    return pd.read_csv(io.StringIO(INTERACTIONS), dtype="str")


def items() -> pd.DataFrame:
    """What there is to choose."""
    return pd.read_csv(io.StringIO(ITEMS), dtype="str")
