"""The event store: the only door to what happened, and the only importer of `eventsourcing`."""
