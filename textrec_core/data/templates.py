"""Two small tables that show what a file should look like."""

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
