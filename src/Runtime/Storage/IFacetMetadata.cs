namespace Orleans;

/// <summary>Marks attributes that have the runtime fill a constructor's parameter.</summary>
public interface IFacetMetadata;
