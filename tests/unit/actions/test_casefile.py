"""The file of a case: what lies before who decides it."""

from __future__ import annotations

from desks import Office

from tipstaff.actions.casefile import read_file


def test_a_case_is_read_whose_host_is_no_more() -> None:
    """It is none of the settings any more: nothing can be decided there, and what was done is told still."""
    office = Office()
    assert read_file(office.desk, office.case, 10).able
    office.hosts.clear()
    file = read_file(office.desk, office.case, 10)
    assert (file.able, file.ahead.reach, dict(file.profile)) == ((), None, {})
    assert [one.id for one in file.view.posts] == list(office.case.posts)
