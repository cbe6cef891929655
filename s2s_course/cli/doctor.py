"""The command that says whether this machine can grade safely."""

from dataclasses import asdict

import typer

from s2s_course.cli.errors import FAILED
from s2s_course.cli.output import JsonOption, print_json
from s2s_course.grading.findings import Finding, findings_on, read_machine
from s2s_course.grading.sandbox import SandboxError, find_sandbox
from s2s_course.grading.self_test import self_test

_UNTESTED = (
    "Docker as a sandbox is untested by those who make the course; the self-test must pass all the same."
)


def doctor(as_json: JsonOption = False) -> None:
    """Say whether this machine can grade safely, and what to do where it cannot.

    Tries inside the sandbox everything that must be impossible there. The exit code is 0 where students' code
    can be run safely, else 2.
    """
    findings, name = list(findings_on(read_machine())), None
    if _all_right(findings):
        try:
            sandbox = find_sandbox()
            name = sandbox.name
            findings += self_test(sandbox)
        except SandboxError as error:
            findings.append(Finding("the sandbox starts", False, str(error)))
    can_grade = _all_right(findings)
    if as_json:
        print_json({"can_grade": can_grade, "sandbox": name, "findings": [asdict(each) for each in findings]})
    else:
        _tell(findings, name, can_grade)
    if not can_grade:
        raise typer.Exit(FAILED)


def _all_right(findings: list[Finding]) -> bool:
    return all(finding.passed for finding in findings if finding.needed)


def _tell(findings: list[Finding], name: str | None, can_grade: bool) -> None:
    for finding in findings:
        sign = "yes" if finding.passed else "NO " if finding.needed else "no "
        typer.echo(f"{sign}  {finding.name}")
        for line in finding.remedy.splitlines() if not finding.passed else ():
            typer.echo(f"     {line}".rstrip())
    if name == "Docker":
        typer.echo(_UNTESTED)
    verdict = f"can grade safely, with {name}" if can_grade else "cannot grade safely yet"
    typer.echo(f"\nThis machine {verdict}.")
