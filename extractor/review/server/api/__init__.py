"""The API for other programs: POST /v1/extract, GET /v1/schemas."""
