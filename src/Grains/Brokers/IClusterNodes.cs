namespace Actors.Grains;

/// <summary>Which nodes live, as the runtime under the grains knows it. Safe to use from any thread.</summary>
public interface IClusterNodes
{
    /// <summary>The newest view that this silo has; no nodes before it has joined its cluster.</summary>
    ClusterNodes Current { get; }

    /// <summary>Raised after each change of <see cref="Current"/>, on any thread; a handler must not block or throw.</summary>
    event Action? Changed;
}
