"""What tests share: LibreOffice, started from a profile of the session's own; their order; what the judges say, told at the end."""

import os

import pytest
from office import Office, lacking

from xltools import derived


@pytest.fixture(autouse=True, scope="session")
def secret(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The tests keep nothing in the account they run under, and use nothing that is kept there."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    derived.secret.cache_clear()  # a form may have been asked for while the tests were found
    derived._folder.cache_clear()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """LibreOffice (one profile a worker); without it the test is skipped, or fails where XLTOOLS_OFFICE=1."""
    missing = lacking()
    if missing and os.environ.get("XLTOOLS_OFFICE") == "1":
        pytest.fail(f"XLTOOLS_OFFICE=1, but {missing}")
    if missing:
        pytest.skip(missing)
    return Office(tmp_path_factory.mktemp("office"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that at the end no worker waits for another's."""
    items.sort(key=lambda item: not {"judges", "office"} & {mark.name for mark in item.iter_markers()})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The judges' table (``docs/judges.md``), below the results."""
    reports = [
        r
        for kind in ("passed", "failed")
        for r in terminalreporter.stats.get(kind, ())
        if hasattr(r, "user_properties")
    ]
    told = [dict(r.user_properties) for r in reports if r.when == "call"]
    rows = {name: counts for one in told for name, counts in one.get("judged", {}).items()}
    if rows:
        from judges.bench import table

        extremes = [line for one in told for line in one.get("extremes", ())]
        terminalreporter.write_sep("=", "judges: sound/judged")
        terminalreporter.write("\n".join([*table(rows), *extremes, ""]))
