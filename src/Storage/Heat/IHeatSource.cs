using Actors.Storage.Policies;

namespace Actors.Storage.Heat;

/// <summary>Where the heat of volumes is read. Safe for concurrent callers, who share what they ask for together.</summary>
public interface IHeatSource
{
    /// <summary>Reads every volume's heat over every window of the enabled policies, all at once.</summary>
    /// <param name="policies">Policies; only their windows matter, so many policies cost no more than their windows do.</param>
    /// <param name="stopping">Ends the wait. What others wait for goes on.</param>
    /// <returns>The readings. A question that failed is in them as unknown with its reason; it is not an exception.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> was cancelled.</exception>
    Task<HeatReadings> ReadAsync(IEnumerable<StoragePolicySpec> policies, CancellationToken stopping);
}
