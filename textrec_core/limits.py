"""Every limit in one place: what is read, built, trained and drawn is bounded by these."""

from dataclasses import dataclass

MEBI = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Declared bounds, enforced in the core and shown where they matter."""

    file_bytes: int = 200 * MEBI
    expanded_bytes: int = 1024 * MEBI
    expansion_ratio: int = 200
    archive_members: int = 1_000
    columns: int = 1_000
    rows: int = 20_000_000
    faulty_rows_share: float = 0.01
    faulty_rows: int = 1_000
    cell_characters: int = 100_000
    id_characters: int = 256
    row_bytes: int = 64 * MEBI
    sheet_bytes: int = 128 * MEBI
    matrix_entries: int = 50_000_000
    faulty_listed: int = 10_000
    users: int = 2_000_000
    items: int = 500_000
    list_length: int = 1_000
    points_drawn: int = 50_000
    people_mapped: int = 20_000
    jobs_waiting: int = 64
    job_seconds: int = 3_600
    worker_bytes: int = 16 * 1024 * MEBI
    results_kept: int = 64
    drawings_bytes: int = 256 * MEBI
    # What was read of texts, kept on disk; and what must stay free beside it.
    store_bytes: int = 1024 * MEBI
    store_spare: int = 256 * MEBI
    download_bytes: int = 4 * 1024 * MEBI
    dense_items: int = 12_000
    runs_kept: int = 2_000
    ledger_bytes: int = 1024 * MEBI
    sweep_turn_seconds: int = 10
    sweep_cells: int = 500


LIMITS = Limits()


def in_words(limits: Limits = LIMITS) -> str:
    """What a person should know before choosing a file."""
    return (
        f"Limits: {limits.file_bytes // MEBI:,} MB a file, unpacked {limits.expanded_bytes // MEBI:,} MB and {limits.expansion_ratio:,} times its size; "
        f"{limits.rows:,} rows, {limits.columns:,} columns, {limits.users:,} people, {limits.items:,} items; "
        f"{limits.cell_characters:,} characters in a text, {limits.id_characters} in an id. Of more than the machine can hold, a fair sample is offered."
    )
