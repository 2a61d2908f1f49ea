namespace Orleans.Runtime;

/// <summary>How the silo of a grain is found.</summary>
public abstract class PlacementStrategy;
