/** A helper's program that ends its thread before it could serve. */
process.exit(4);
