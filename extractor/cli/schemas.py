"""`extract schemas`: which schemas there are, and what one asks for."""

from typing import Annotated

import typer


def schemas(
    name: Annotated[
        str | None, typer.Argument(help="A schema to show in full.", show_default=False)
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print only the JSON schema that models answer in.")
    ] = False,
) -> int:
    """List the schemas, or show one: its fields, and its JSON on the wire."""
    from extractor.schema.catalogue import list_schemas, load_schema
    from extractor.schema.describe import describe_schema, list_lines, wire_json

    if name is None:
        print("\n".join(list_lines(list_schemas())))
        return 0
    schema = load_schema(name)
    print(wire_json(schema) if as_json else describe_schema(schema))
    return 0
