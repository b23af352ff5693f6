"""Tables of instances: what is asked of their rows, and what linked views have in common."""

from .arrangement import Group, Order
from .linked_state import LinkedState
from .predicates.condition import Equals, InRange, IsNull, OneOf, TextContains
from .predicates.predicate import All, AnyOf, Not, Predicate
from .samples.sample_type import Sample, SampleType
from .seen import Seen
from .table import Table

__all__ = [
    "All",
    "AnyOf",
    "Equals",
    "Group",
    "InRange",
    "IsNull",
    "LinkedState",
    "Not",
    "OneOf",
    "Order",
    "Predicate",
    "Sample",
    "SampleType",
    "Seen",
    "Table",
    "TextContains",
]
