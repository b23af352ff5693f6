"""The errors imlkit raises, in one tree.

::

    ImlkitError
    ├── DataError (ValueError)              something given cannot be used
    │   ├── ImageError                      not an image, or one too large to open
    │   ├── ArchiveError                    an uploaded archive is damaged or unsafe
    │   └── DocumentError                   a document holds what no store can keep
    ├── ModelError
    │   ├── NotTrainedError (RuntimeError)  asked to predict before training
    │   ├── TrainingDataError (ValueError)  the data cannot train this model
    │   ├── TrainingBusyError (RuntimeError) a training of this model is running
    │   ├── ModelFileError (ValueError)     a model file is damaged or of another kind
    │   └── WeightsError (OSError)          a pretrained network's weights cannot be had
    ├── StoreError
    │   ├── LocationError (ValueError)      a store location no store understands
    │   ├── QueryError (ValueError)         a query that is not in the query language
    │   ├── NotFoundError (KeyError)        no document, asset or model of that id or name
    │   ├── DuplicateIdError (ValueError)   another document has that id
    │   ├── StoreUnavailableError (OSError) the place cannot be read or written
    │   ├── StoreFullError (OSError)        no space is left
    │   ├── StoreLockedError (OSError)      another process holds a single-process store
    │   ├── LoginRequiredError (PermissionError) the server wants to know who asks
    │   ├── ForbiddenError (PermissionError) whoever asks may not do that
    │   ├── TooManyTriesError               logging in has failed too often
    │   └── StoreVersionError               written by a newer imlkit
    ├── CommandError (ValueError)           the command line was asked for what it cannot do
    └── MissingDependencyError (ImportError) an optional package is not installed

Every message names the value, what was expected and what to do about it.
"""

from __future__ import annotations

__all__ = [
    "ArchiveError",
    "CommandError",
    "DataError",
    "DocumentError",
    "DuplicateIdError",
    "ForbiddenError",
    "ImageError",
    "ImlkitError",
    "LocationError",
    "LoginRequiredError",
    "MissingDependencyError",
    "ModelError",
    "ModelFileError",
    "NotFoundError",
    "NotTrainedError",
    "QueryError",
    "StoreError",
    "StoreFullError",
    "StoreLockedError",
    "StoreUnavailableError",
    "StoreVersionError",
    "TooManyTriesError",
    "TrainingBusyError",
    "TrainingDataError",
    "WeightsError",
]


class ImlkitError(Exception):
    """Any error of imlkit's own. Its text is written for the person using the app."""


class DataError(ImlkitError, ValueError):
    """Something given cannot be used."""


class ImageError(DataError):
    """Not an image, or one too large to open."""


class ArchiveError(DataError):
    """An uploaded archive is damaged or unsafe."""


class DocumentError(DataError):
    """A document holds what no store can keep."""


class ModelError(ImlkitError):
    """A model cannot do what was asked."""


class NotTrainedError(ModelError, RuntimeError):
    """The model was asked to predict before training."""


class TrainingDataError(ModelError, ValueError):
    """The data cannot train this model."""


class TrainingBusyError(ModelError, RuntimeError):
    """A training of this model is running."""


class ModelFileError(ModelError, ValueError):
    """A model file is damaged or of another kind."""


class WeightsError(ModelError, OSError):
    """The weights of a pretrained network are not here and cannot be had."""


class StoreError(ImlkitError):
    """A store cannot do what was asked."""


class LocationError(StoreError, ValueError):
    """A store location that no store understands."""


class QueryError(StoreError, ValueError):
    """A query that is not in the query language."""


class NotFoundError(StoreError, KeyError):
    """No document, asset or model of that id or name."""

    __str__ = Exception.__str__


class DuplicateIdError(StoreError, ValueError):
    """Another document has that id."""


class StoreUnavailableError(StoreError, OSError):
    """The place cannot be read or written."""


class StoreFullError(StoreError, OSError):
    """No space is left."""


class StoreLockedError(StoreError, OSError):
    """Another process holds a store made for one process."""


class StoreVersionError(StoreError):
    """The store was written by a newer imlkit."""


class LoginRequiredError(StoreError, PermissionError):
    """The server wants to know who asks."""


class ForbiddenError(StoreError, PermissionError):
    """Whoever asks may not do that."""


class TooManyTriesError(StoreError):
    """Logging in has failed too often."""


class CommandError(ImlkitError, ValueError):
    """The command line was asked for what it cannot do."""


class MissingDependencyError(ImlkitError, ImportError):
    """An optional package is not installed."""
