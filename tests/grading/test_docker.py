"""What Docker would be told. It is not run here: that it holds is for the self-test to say, where it is."""

import subprocess

from s2s_course.grading import docker
from s2s_course.grading.docker import DOCKERFILE, Docker, build_command
from s2s_course.grading.limits import Limits
from s2s_course.grading.watchdog import Reply

LIMITS = Limits(memory_for_all=5000, processes=7, scratch=300)


def option(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


def test_a_container_has_no_network_no_rights_and_limits(tmp_path):
    words = Docker(tmp_path).command(LIMITS, "name")
    assert option(words, "--network") == option(words, "--ipc") == "none"
    assert option(words, "--cap-drop") == "ALL" and option(words, "--user") == "65534:65534"
    assert option(words, "--security-opt") == "no-new-privileges" and "--read-only" in words
    assert option(words, "--memory") == option(words, "--memory-swap") == "5000"
    assert option(words, "--pids-limit") == "15" and "size=300" in option(words, "--tmpfs")
    assert option(words, "--mount").endswith(f"source={tmp_path},target=/course,readonly")
    assert "--init" not in words and "--privileged" not in words


def test_a_container_is_taken_away_whatever_happens(monkeypatch, tmp_path):
    commands = []

    def converse(command, job, *, waits, most_bytes):
        commands.append(command)
        if job == b"fails":
            raise OSError("gone")
        return Reply((), None, "")

    monkeypatch.setattr(docker, "converse", converse)
    monkeypatch.setattr(docker.subprocess, "run", lambda command, **_: commands.append(command))
    for job in (b"", b"fails"):
        try:
            Docker(tmp_path).run(job, LIMITS, waits=[1.0], most_bytes=10)
        except OSError:
            assert job == b"fails"
    started, removed = commands[0::2], commands[1::2]
    assert [option(words, "--name") for words in started] == [words[-1] for words in removed]
    assert all(words[:3] == ["docker", "rm", "--force"] for words in removed) and len(removed) == 2
    assert started[0] != started[1]


def test_the_image_is_made_from_the_file_in_the_package():
    words = build_command()
    assert option(words, "--file") == str(DOCKERFILE) and DOCKERFILE.is_file()
    text = DOCKERFILE.read_text(encoding="utf-8")
    assert "COPY" not in text and "USER 65534:65534" in text
    for argument in ("PYTHON", "TORCH"):
        assert f"ARG {argument}" in text and any(word.startswith(f"{argument}=") for word in words)
    assert subprocess.list2cmdline(words).startswith("docker build --tag s2s-course-grading:")
