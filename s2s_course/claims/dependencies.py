"""What a claim's numbers depend on: the code of the package that its experiment reaches through imports.

From a function we follow every name to the statements of its module that bind it, and from there on, through
imports, wherever they stand. A class counts as a whole, and so does a module that is used as a value. What
runs when a module is imported counts for all who import it; one of which nothing else is reached and in
which nothing runs does not count. Where code looks names up at run time
(``import_module``, ``eval``, ``globals`` and their like) nobody can tell by reading, and all of the package
counts. What a claim says, its rule, source, conditions, names and figures measure
nothing and do not count: a verdict is worked out from the stored numbers.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from s2s_course.claims.claim import Claim
from s2s_course.claims.module_parts import Import, Package, Statement

PACKAGE = Path(__file__).parent.parent

# Names with which code finds other names, or reads annotations and documentation, at run time.
_LOOKS_UP = {
    "__builtins__", "__import__", "builtins", "eval", "exec", "globals", "importlib", "sys.modules",
    ".__annotations__", ".__doc__", ".__getattr__", ".__globals__", ".__init_subclass__", ".__subclasses__",
    ".get_annotations", ".get_type_hints", ".import_module", ".importlib", ".inspect", ".pkgutil", ".runpy",
}  # fmt: skip
_FINDS_FILES = {"__file__", "__path__", ".__file__", ".get_data", ".resources"}


def roots_of(claim: Claim) -> list[tuple[str, str]]:
    """The module and the name there of the claim's experiment."""
    return [(claim.experiment.__module__, claim.experiment.__qualname__.split(".")[0])]


def reached_from(roots: Iterable[tuple[str, str]], folder: Path = PACKAGE) -> "Reached":
    """What these names of modules depend on in the package in ``folder``, perhaps an older version of ours.

    Raises ``ValueError`` where it has no such module.
    """
    reached = Reached(Package(folder))
    for module, name in roots:
        reached.follow(Import(module, name))
    return reached


@dataclass
class Reached:
    """The statements of a package that have been reached: for each imported module their numbers."""

    package: Package
    numbers: dict[str, set[int]] = field(default_factory=dict)
    everything: bool = False  # some names are looked up at run time
    _waiting: list[tuple[str, int]] = field(default_factory=list)

    def follow(self, found: Import) -> None:
        """Reach a name of a module, or all of a module, and everything that it leads to."""
        self._find(found)
        while self._waiting:
            name, number = self._waiting.pop()
            module = self.package[name]
            statement = module.statements[number]
            self.everything |= not statement.words.isdisjoint(_LOOKS_UP)
            for mentioned in statement.mentions & module.binding.keys():
                self._find(Import(name, mentioned))
            for imported in statement.imports:
                self._find(imported)

    @property
    def statements(self) -> dict[str, list[Statement]]:
        """By module, in the order in which they stand there; modules of which some have been reached."""
        return {
            name: [self.package[name].statements[number] for number in sorted(numbers)]
            for name, numbers in sorted(self.numbers.items())
            if numbers
        }

    @property
    def tables(self) -> list[Path]:
        """Files that the code may read: beside its modules, and in folders below one that looks for files."""
        found: set[Path] = set()
        for name, statements in self.statements.items():
            looks = any(not statement.words.isdisjoint(_FINDS_FILES) for statement in statements)
            folder = self.package[name].path.parent
            found.update(folder.rglob("*") if looks else folder.iterdir())
        return [path for path in sorted(found) if _may_be_read(path) and path.suffix != ".py"]

    def hash(self) -> str:
        """The same for the same code and tables, wherever the package stands; 16 hexadecimal digits."""
        digest = hashlib.sha256()
        files = self.tables
        if self.everything:
            files = [path for path in sorted(self.package.folder.rglob("*")) if _may_be_read(path)]
        else:
            for name, statements in self.statements.items():
                digest.update("\n".join([name, *(statement.text for statement in statements), ""]).encode())
        for path in files:
            digest.update(f"{path.relative_to(self.package.folder)}\n".encode() + path.read_bytes())
        return digest.hexdigest()[:16]

    def _find(self, found: Import) -> None:
        inside = f"{found.module}.{found.name}"
        if found.name is not None and inside in self.package:  # a module of a package
            found = Import(inside)
        self._run(found.module)
        module = self.package[found.module]
        # A name that no statement binds may come from anywhere in the module.
        self._count(module.name, module.binding.get(found.name, range(len(module.statements))))

    def _run(self, name: str) -> None:
        """``name`` is imported: what it does then counts, and what the modules do that it imports in turn."""
        parts = name.split(".")
        for module_name in (".".join(parts[: end + 1]) for end in range(len(parts))):
            if module_name in self.numbers or (module_name != name and module_name not in self.package):
                continue
            self.numbers[module_name] = set()
            statements = self.package[module_name].statements
            self._count(module_name, (n for n, statement in enumerate(statements) if statement.acts))
            for imported in (i for statement in statements if statement.is_import for i in statement.imports):
                inside = f"{imported.module}.{imported.name}"
                self._run(inside if inside in self.package else imported.module)

    def _count(self, module: str, numbers: Iterable[int]) -> None:
        new = set(numbers) - self.numbers[module]
        self.numbers[module] |= new
        self._waiting += [(module, number) for number in new]


def _may_be_read(path: Path) -> bool:
    """Stored results of claims are not read by an experiment."""
    return path.is_file() and path.suffix != ".pyc" and path.parent.name != "results"
