"""The pipeline handed to Daft, for clusters and object storage."""
