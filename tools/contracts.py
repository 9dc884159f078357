"""An import-linter contract: modules that take values in and give values out."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PureContract(Contract):
    """Each module may import the standard library, other packages, and its fellow pure modules;
    of Django only `allowed_django`.

    import-linter's own `forbidden` contract sees `django` as one piece, so it cannot tell
    `django.db` from `django.utils.translation`: here the importing line itself is read.
    """

    # Declared as fields, read as what the fields hold.
    modules: list[str] = fields.ListField(fields.StringField())  # type: ignore[assignment]
    allowed_django: list[str] = fields.ListField(fields.StringField())  # type: ignore[assignment]

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        impure = [
            detail
            for module in self.modules
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            for detail in graph.get_import_details(importer=module, imported=imported)
            if not self._is_allowed(graph, imported, detail["line_contents"])
        ]
        return ContractCheck(kept=not impure, metadata={"impure": impure})

    def _is_allowed(self, graph: ImportGraph, imported: str, line: str) -> bool:
        if imported == "django":
            return line.startswith(tuple(f"from {name} import " for name in self.allowed_django))
        return imported in self.modules or graph.is_module_squashed(imported)

    def render_broken_contract(self, check: ContractCheck) -> None:
        for detail in check.metadata["impure"]:
            output.print_error(
                f"{detail['importer']}:{detail['line_number']}: {detail['line_contents']}"
            )
