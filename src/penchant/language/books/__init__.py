"""Every call on the books: what was asked, what came, what it cost."""
