"""Things on poles and along the kerb."""
