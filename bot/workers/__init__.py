"""Work beside requests: loops that outlive their failures, and leases on what they claim."""
