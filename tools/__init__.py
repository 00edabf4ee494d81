"""What the work on smoe itself needs: pages written from the code, mutation testing, environments."""
