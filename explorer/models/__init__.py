"""Networks, their records and the one engine that runs them."""
