namespace Actors.Storage.Load;

/// <summary>Knows what applications do on pools that are not on this machine's disks. Safe to use from any thread.</summary>
public interface IPoolLoadSource
{
    /// <summary>What they read and write. Bytes per second by pool; pools of which nothing is known are missing, all of them when it cannot be asked.</summary>
    Task<IReadOnlyDictionary<string, long>> ReadAsync(CancellationToken stopping);
}
