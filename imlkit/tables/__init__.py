"""Tables of instances: what is asked of their rows, and what linked views have in common."""

from .arrangement import Group, Order
from .linked_state import LinkedState
from .predicate import All, AnyOf, Equals, InRange, IsNull, Not, OneOf, Predicate, TextContains
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
    "Seen",
    "Table",
    "TextContains",
]
