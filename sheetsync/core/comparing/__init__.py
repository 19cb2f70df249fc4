"""What people did against what was settled: laid back, recognised, merged, locked. No writes."""
