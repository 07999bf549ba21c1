from capture.tracking.source import Source, source_of  # noqa
