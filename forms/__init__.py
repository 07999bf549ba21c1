"""The form kit: what a form is. It knows neither Flask nor the database, and never imports the application."""

from forms.builder import build_form
from forms.checks import problems_in
from forms.kind import field_kinds, kind_of
from forms.schema import FieldSpec, FormSchema
from forms.texts import in_locale

__all__ = ["FieldSpec", "FormSchema", "build_form", "field_kinds", "in_locale", "kind_of", "problems_in"]
