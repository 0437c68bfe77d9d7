"""What TextRec computes; no page, no browser. Everything here also runs headless."""

__version__ = "0.1.0"
