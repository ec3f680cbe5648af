"""Work that goes on beside requests: loops that outlive their failures, and leases on what they claimed."""
