namespace Orleans.Runtime;

/// <summary>How the silo of a grain is found.</summary>
[SerializerTransparent]
public abstract class PlacementStrategy;
