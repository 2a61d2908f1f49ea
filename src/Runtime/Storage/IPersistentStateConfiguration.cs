namespace Orleans.Runtime;

/// <summary>Which record of which store.</summary>
public interface IPersistentStateConfiguration
{
    string StateName { get; }

    /// <summary>The store's name; null: the default store.</summary>
    string? StorageName { get; }
}
