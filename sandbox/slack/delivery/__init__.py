"""How payloads reach the app: over its sockets, or as signed HTTP."""
