namespace Actors.Bench.Storage;

/// <summary>A reconcile to measure.</summary>
/// <param name="Volumes">Volumes.</param>
/// <param name="Policies">Policies; each has every n-th volume.</param>
/// <param name="Windows">Sampling windows that differ.</param>
/// <param name="DelayMs">How long Prometheus takes for an answer. Milliseconds.</param>
internal sealed record StorageShape(int Volumes, int Policies, int Windows, int DelayMs)
{
    /// <summary>Its row's name.</summary>
    public string Name => FormattableString.Invariant($"{Volumes} volumes, {Policies} policies, {Windows} windows, Prometheus {DelayMs} ms");
}
