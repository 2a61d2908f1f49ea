namespace Orleans.Providers;

/// <summary>Names that the runtime knows.</summary>
public static class ProviderConstants
{
    /// <summary>The store of grains that name none.</summary>
    public const string DEFAULT_STORAGE_PROVIDER_NAME = "Default";
}
