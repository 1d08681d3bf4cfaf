"""What one given model can do, or what two differ in, domain by domain: `stagewise measure`."""
