namespace Actors.Storage.BackEnds;

/// <summary>A back end whose pools and volumes the silos make; others have tools of their own for that.</summary>
/// <remarks>Safe for callers on many threads. A call that is cancelled may have had its effect.</remarks>
public interface ILocalVolumes
{
    /// <summary>Makes a folder of the options a pool.</summary>
    /// <exception cref="BackEndException">The folder is none of those, or is a pool already; another has the name; or it cannot be written.</exception>
    Task CreatePoolAsync(NewPool pool, CancellationToken cancellationToken);

    /// <summary>Makes a volume, filled with zeros.</summary>
    /// <returns>Where applications find it: a path, or an address once it is attached.</returns>
    /// <exception cref="BackEndException">There is such a volume, it cannot be one, or the pool does not take it.</exception>
    Task<string> CreateVolumeAsync(NewVolume volume, CancellationToken cancellationToken);

    /// <summary>Has a volume served to applications, unless it is already.</summary>
    /// <returns>Where they find it.</returns>
    /// <exception cref="BackEndException">There is no such volume, or it cannot be served.</exception>
    Task<string> AttachAsync(string volume, CancellationToken cancellationToken);

    /// <summary>Has a volume served no more: its applications' connections end, and a copy of it too.</summary>
    /// <exception cref="BackEndException">There is no such volume, or nobody serves it who could be told.</exception>
    Task DetachAsync(string volume, CancellationToken cancellationToken);
}
