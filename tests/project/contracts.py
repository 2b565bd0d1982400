"""The rule that import-linter has no contract for: these modules import those packages and nothing else."""

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyContract(Contract):
    """`sources` (with everything below them) import the standard library, themselves and `allowed`.

    Imports under `TYPE_CHECKING` count too. `except_modules` are free.
    """

    sources = fields.ListField(subfield=fields.StringField())
    allowed = fields.SetField(subfield=fields.StringField(), required=False)
    except_modules = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        del verbose
        broken = [
            (module, imported)
            for module in sorted(self.members(graph))
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            if imported.split(".")[0] not in self.admitted()
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def members(self, graph: ImportGraph) -> set[str]:
        found: set[str] = set()
        for source in self.given("sources"):
            found |= {source} | graph.find_descendants(source)
        return found - set(self.given("except_modules"))

    def admitted(self) -> set[str]:
        own = {source.split(".")[0] for source in self.given("sources")}
        return set(sys.stdlib_module_names) | own | set(self.given("allowed"))

    def given(self, name: str) -> list[str]:
        """A field becomes a plain value when the contract is made; its type does not say so."""
        value: Any = getattr(self, name)
        return list(value or ())

    def render_broken_contract(self, check: ContractCheck) -> None:
        for module, imported in check.metadata["broken"]:
            output.print_error(f"{module} imports {imported}")
