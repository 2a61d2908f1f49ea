namespace Orleans.Runtime;

/// <summary>Injects an <see cref="IPersistentState{TState}"/> into a grain's constructor.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute : Attribute, IFacetMetadata, IPersistentStateConfiguration
{
    /// <param name="stateName">The record's name; it is part of what the store keeps, so it does not change.</param>
    /// <param name="storageName">The store's name; null: the default store.</param>
    public PersistentStateAttribute(string stateName, string? storageName = null)
    {
        ArgumentNullException.ThrowIfNull(stateName);
        StateName = stateName;
        StorageName = storageName;
    }

    public string StateName { get; }

    public string? StorageName { get; }
}
