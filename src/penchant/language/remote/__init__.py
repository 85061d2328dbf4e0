"""Language models behind an address: any endpoint of the shape of OpenAI's."""
