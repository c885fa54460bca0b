"""The schema tells what Litestar leaves out: bodies that are closed, and what tuples have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator  # its own name for what plugins are given


class ClosedStructs(OpenAPISchemaPlugin):
    """Says of structs that forbid unknown fields that they do."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """Say whether it is one of these."""
        annotation = field_definition.annotation
        return (
            not field_definition.is_union
            and field_definition.is_subclass_of(msgspec.Struct)
            and annotation.__struct_config__.forbid_unknown_fields
        )

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:
        """Return the schema that the next plugin makes of it, closed."""
        makes = next(
            one
            for one in schema_creator.plugins
            if one is not self and schema_creator.plugin_supports_field(one, field_definition)
        )
        schema = makes.to_openapi_schema(field_definition, schema_creator)
        schema.additional_properties = False
        return schema


class Tuples(OpenAPISchemaPlugin):
    """Says what tuples of any length have: Litestar takes the ellipsis of their type for a type."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """Say whether it is one of these."""
        return field_definition.is_subclass_of(tuple) and field_definition.args[1:] == (...,)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:
        """Return the schema of an array."""
        inner = field_definition.inner_types[0]
        item = schema_creator.for_field_definition(inner)
        for meta in inner.metadata:
            if isinstance(meta, msgspec.Meta) and isinstance(item, Schema):
                told = (meta.extra_json_schema or {}).get("extra", {})
                item.pattern = told.get("pattern", meta.pattern)
                item.min_length, item.max_length = meta.min_length, meta.max_length
        return Schema(type=OpenAPIType.ARRAY, items=item)
