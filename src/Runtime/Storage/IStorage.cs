namespace Orleans.Core;

/// <summary>A stored record of a grain.</summary>
public interface IStorage
{
    /// <summary>The version of the record that was read or written last; null when there is none.</summary>
    string? Etag { get; }

    /// <summary>True when the store holds a record.</summary>
    bool RecordExists { get; }

    /// <summary>Removes the record if it is the one that was read.</summary>
    /// <exception cref="Storage.InconsistentStateException">It is another.</exception>
    Task ClearStateAsync();

    /// <inheritdoc cref="ClearStateAsync()"/>
    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    /// <summary>Reads the record; what was in memory is replaced.</summary>
    Task ReadStateAsync();

    /// <inheritdoc cref="ReadStateAsync()"/>
    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();

    /// <summary>Writes the record if the stored one is the one that was read. Writes of one record are queued by the grain.</summary>
    /// <exception cref="Storage.InconsistentStateException">It is another.</exception>
    Task WriteStateAsync();

    /// <inheritdoc cref="WriteStateAsync()"/>
    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();
}
