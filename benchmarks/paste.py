"""A new text pasted on the New item page, warm, with the built-in encoder: from the paste to its audience on the page."""

from streamlit.testing.v1 import AppTest

from benchmarks import real_data
from benchmarks.rows import Row, alone, timed

PASTES, UNCOUNTED, MOST_RUNS = 12, 2, 600
TARGET = 1.0
STORY = "Story number {} of a keeper of a lighthouse on a rocky island who hears voices from the sea in the long winter nights."


def rows() -> list[Row]:
    """The median and the worst of the seconds between a paste and its audience, on the first sample."""
    app = AppTest.from_file(str(real_data.ROOT / "app.py"), default_timeout=120)
    app.switch_page("pages/explore/newcomer.py")
    _until(app, lambda: bool(app.text_area) and not _waiting(app))
    app.text_input(key="new_title").set_value("The Keeper")
    seconds = []
    for number in range(PASTES + UNCOUNTED):
        before = _audience(app)
        app.text_area(key="new_text").set_value(STORY.format(number))
        seconds.append(timed(lambda before=before: _until(app, lambda: _audience(app) not in ("", before))).wall)
        _until(app, lambda: not _waiting(app))
    counted = seconds[UNCOUNTED:]
    return [
        alone("pasted item to audience, median", counted, TARGET, "films"),
        alone("pasted item to audience, worst", counted, TARGET, "films", max(counted)),
    ]


def _audience(app: AppTest) -> str:
    """The likeliest people with their places, as they stand on the page; nothing where there are none."""
    tables = [frame.value for frame in app.dataframe if "Because of" in frame.value.columns]
    return tables[0].to_csv() if tables else ""


def _waiting(app: AppTest) -> bool:
    return any(button.label == "Cancel" for button in app.button)


def _until(app: AppTest, met) -> None:  # type: ignore[no-untyped-def]
    for _ in range(MOST_RUNS):
        app.run()
        assert not app.exception, app.exception
        if met():
            return
    raise RuntimeError("the page never came to rest")
