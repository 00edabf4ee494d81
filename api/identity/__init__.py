"""Who is calling: providers of identity, tokens, sessions, and whom they make of a request."""
