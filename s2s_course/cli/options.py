"""Options that are fields of a dataclass: type, help text and default stand once, in the dataclass."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer


def options_of(classes: Iterable[type]) -> dict[str, inspect.Parameter]:
    """An option for each field whose annotation has a help text: ``size: Annotated[int, "Size of …"] = 8``.

    A second text names the flags of a switch: ``"--tied/--untied"``. An option that is not given is ``None``.
    """
    options = {}
    for cls in classes:
        hints = get_type_hints(cls, include_extras=True)
        for name in (field.name for field in fields(cls)):
            if get_origin(hints[name]) is Annotated:
                kind, text, *flags = get_args(hints[name])
                annotation = Annotated[kind | None, typer.Option(*flags, help=text)]
                options[name] = inspect.Parameter(
                    name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation
                )
    return options


def with_options(**groups: Iterable[type]) -> Callable[[Callable], Callable]:
    """Give a command the options of dataclasses.

    Each of ``groups`` names an argument of the command and the classes whose fields are its options; the
    command gets them as a dictionary of those that were given.
    """
    options = {group: options_of(classes) for group, classes in groups.items()}

    def decorate(command: Callable) -> Callable:
        @wraps(command)
        def wrapper(**arguments: Any) -> Any:
            for group, names in options.items():
                values = {name: arguments.pop(name) for name in names}
                arguments[group] = {name: value for name, value in values.items() if value is not None}
            return command(**arguments)

        signature = inspect.signature(command)
        parameters = [p for p in signature.parameters.values() if p.name not in groups]
        parameters += [option for group in options.values() for option in group.values()]
        wrapper.__signature__ = signature.replace(parameters=parameters)
        wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return wrapper

    return decorate
