"""Language models on this machine, with torch: prompts are read once, whatever is asked of them."""
