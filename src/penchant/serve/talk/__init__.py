"""Words in and out: conversations, who answers them, and what is remembered of them."""
