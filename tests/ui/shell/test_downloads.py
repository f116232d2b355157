from ui.shell.downloads import Seldom


def test_calls_that_follow_too_soon_are_passed_over():
    now, calls = [100.0], []
    seldom = Seldom(lambda: calls.append(now[0]), 60, clock=lambda: now[0])
    for moment in (101.0, 159.0, 160.0, 161.0, 219.9, 220.0, 500.0):
        now[0] = moment
        seldom()
    assert calls == [160.0, 220.0, 500.0]
