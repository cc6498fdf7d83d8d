"""Pictures of the main pages for the documentation: made by `make screenshots`, of sample people alone."""
