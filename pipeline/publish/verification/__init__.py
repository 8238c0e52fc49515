"""What ``verify`` checks, a module a subject. Each returns faults and changes nothing."""
