"""Processor time between two readings: new, ended and replaced processes."""

from bench import cpu


def process(pid, parent=1, own_s=0.0, reaped_s=0.0, started_tick=0, name="python", title=""):
    return cpu.Process(pid, parent, name, title, started_tick, own_s, reaped_s)


def used(before, after):
    def reading(processes):
        return cpu.Reading({"app": {process.pid: process for process in processes}}, 0, 0, 0)

    return cpu.used(reading(before), reading(after))["app"]


def test_a_process_that_goes_on_counts_what_it_used_since():
    assert used([process(5, own_s=3)], [process(5, own_s=4.5)]) == 1.5


def test_a_new_process_counts_in_full():
    assert used([process(5)], [process(5), process(6, parent=5, own_s=2)]) == 2


def test_a_process_that_took_over_an_id_counts_in_full():
    assert used([process(5, own_s=9, started_tick=1)], [process(5, own_s=2, started_tick=7)]) == 2


def test_a_child_that_ended_counts_only_what_it_used_since():
    before = [process(5), process(6, parent=5, own_s=10)]
    assert used(before, [process(5, reaped_s=11)]) == 1


def test_a_process_that_ended_outside_the_group_takes_its_time_along():
    assert used([process(5, own_s=1), process(6, own_s=4)], [process(5, own_s=2)]) == 1


def test_an_application_is_its_tree_without_the_servers_in_it():
    processes = [process(2), process(3, parent=2), process(4, parent=3, name="postgres"), process(5, parent=1)]
    assert cpu.application(2)({one.pid: one for one in processes}) == {2, 3}


def test_backends_are_told_by_the_whole_name_of_their_database():
    title = "postgres: 15/main: quits {} 127.0.0.1(5544) idle"
    names = ["quits_core", "quits_core_old", "other"]
    processes = {
        pid: process(pid, name="postgres", title=title.format(name)) for pid, name in enumerate(names, start=1)
    }
    assert cpu.database_backends("quits_core")(processes) == {1}
    assert cpu.database_backends(r"quits\w*")(processes) == {1, 2}


def test_an_own_database_is_the_server_of_that_folder_and_its_children(tmp_path):
    processes = [
        process(2, name="postgres", title=f"/bin/postgres -D {tmp_path}/postgres"),
        process(3, parent=2, name="postgres", title="postgres: checkpointer"),
        process(4, name="postgres", title="/bin/postgres -D /elsewhere"),
    ]
    assert cpu.own_database(tmp_path)({one.pid: one for one in processes}) == {2, 3}
